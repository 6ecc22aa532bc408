import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { platformSettingsOf } from '../../src/config/platform-settings.ts';
import { Failure } from '../../src/std/failure.ts';
import { createRandom, type Random } from '../../src/std/random.ts';
import { GUARDS } from './guards/all-guards.ts';
import { ACCOUNT, IMAGE_DIGEST, synthesize } from './model/synthesized.ts';

const SEED = Number(process.env.DP_TEST_SEED ?? 20261122);
const VALID_CASES = 10;
const INVALID_CASES = 300;

/** Choices from a seeded sequence. */
class Dice {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = createRandom(seed, 'settings');
  }

  below(count: number): number {
    return this.#random.below(count);
  }

  coin(): boolean {
    return this.#random.chance(0.5);
  }

  one<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('bug: nothing to choose from');
    return item;
  }
}

/** Settings as an operator might write them: any part may be left out, and what is there fits together. */
function randomSettings(dice: Dice): Record<string, unknown> {
  const region = dice.one(['ap-northeast-1', 'us-east-1', 'eu-west-1']);
  const second = dice.one([10, 172, 192]);
  const net = second === 10 ? `10.${dice.below(200)}` : second === 172 ? '172.20' : '192.168';
  const capacityMin = dice.one([0.5, 1, 2]);
  const protect = dice.coin();
  const name = dice.one(['shop.example.com', 'example.co.jp']);
  return {
    kind: 'aws',
    account: ACCOUNT,
    region,
    preset: dice.one(['staging', 'production']),
    network: {
      cidr: `${net}.0.0/16`,
      publicSubnets: [`${net}.1.0/24`, `${net}.2.0/24`],
      privateSubnetRanges: [`${net}.16.0/20`, `${net}.32.0/20`],
      privateSubnets: dice.coin(),
      endpointZones: dice.one(['one', 'all']),
    },
    database: {
      proxy: dice.coin(),
      reader: dice.coin(),
      generalLog: dice.coin(),
      rotationStrategy: dice.one(['single-user', 'alternating-users']),
      capacityMin,
      capacityMax: Math.max(1, capacityMin) + dice.below(16),
      backupDays: protect ? 7 + dice.below(28) : 1 + dice.below(35),
    },
    pipeline: {
      databaseCrawler: dice.one(['hourly', 'daily', 'off']),
      jobTime: `0${dice.below(10)}:${10 + dice.below(50)}`,
      timeZone: dice.one(['Asia/Tokyo', 'UTC', 'Europe/Berlin']),
      workers: 2 + dice.below(9),
    },
    api: {
      ...(dice.coin()
        ? { domain: { name: `api.${name}`, zoneName: name, hostedZoneId: 'Z0123456789ABC' } }
        : {}),
      ...(dice.coin() ? { imageDigest: IMAGE_DIGEST } : {}),
      ...(dice.coin() ? { reservedConcurrency: 1 + dice.below(50) } : {}),
    },
    operations: { protect, ...(dice.coin() ? { alarmEmail: 'operators@example.com' } : {}) },
  };
}

describe('random settings', () => {
  for (let index = 0; index < VALID_CASES; index += 1) {
    test(`that are valid keep every guard quiet (seed ${SEED}, case ${index})`, () => {
      const raw = randomSettings(new Dice(SEED + index * 7919));
      const settings = platformSettingsOf({ environment: 'trial', project: 'shop', settings: raw });
      // CloudFormation's own checks and the security rules take seconds: on every fifth case.
      const { model } = synthesize(settings, { checks: index % 5 === 0 });
      for (const [sentence, guard] of Object.entries(GUARDS)) {
        const { findings, checked } = guard(model);
        assert.deepEqual(findings, [], `${sentence}, with ${JSON.stringify(raw)}`);
        assert.ok(checked > 0, `${sentence} had nothing to look at, with ${JSON.stringify(raw)}`);
      }
    });
  }

  test(`with one value spoilt are refused in words, never by a crash (seed ${SEED})`, () => {
    const dice = new Dice(SEED);
    const junk = [-1, 0.3, 'nonsense', '', null, [], {}, 1e9, true, '10.0.0.300/8', ['a', 'b', 'c']];
    let refused = 0;
    for (let index = 0; index < INVALID_CASES; index += 1) {
      const raw = randomSettings(dice);
      const section = dice.one(['network', 'database', 'pipeline', 'api', 'operations']);
      const part = raw[section] as Record<string, unknown>;
      const key = dice.one([...Object.keys(part), 'unknownSetting']);
      part[key] = dice.one(junk);
      try {
        platformSettingsOf({ environment: 'trial', project: 'shop', settings: raw });
      } catch (error) {
        refused += 1;
        assert.ok(
          error instanceof Failure,
          `${section}.${key} = ${JSON.stringify(part[key])}: ${String(error)}`,
        );
        assert.equal(error.kind, 'configuration');
        assert.match(error.message, new RegExp(`${section}|${key}|subnet|zone`));
      }
    }
    assert.ok(refused > INVALID_CASES / 2, `only ${refused} of ${INVALID_CASES} were refused`);
  });
});

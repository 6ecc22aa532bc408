// Rotations of the local environment's logins against a real server, in this process and in ones that are killed.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openLocalSecrets } from '../../src/local/secrets.ts';
import { openSqlSession } from '../../src/local/sql-session.ts';
import type { DatabaseUser } from '../../src/platform/database.ts';
import type { RotationStep, RotationStrategy, Secrets, SecretValue } from '../../src/platform/secrets.ts';
import { systemClock } from '../../src/std/clock.ts';
import type { Failure } from '../../src/std/failure.ts';
import { seededRandom } from './seeded-random.ts';
import type { ShopServer } from './shop-server.ts';

export const GRACE_MS = 400;
export const USERS: readonly DatabaseUser[] = ['etl_reader', 'shop_api', 'admin'];
/** After these a rotation may be killed; nothing is left to do after the last. */
export const STEPS: readonly RotationStep[] = ['create', 'set', 'test', 'finish', 'verify', 'retire'];
export const quiet = (): void => undefined;

export function secretsOf(
  server: ShopServer,
  strategy: RotationStrategy,
  afterStep?: (step: RotationStep) => Promise<void> | void,
): Secrets {
  return openLocalSecrets(
    { paths: server.paths, environmentVariables: server.environmentVariables, strategy },
    { clock: systemClock, graceMs: GRACE_MS, ...(afterStep === undefined ? {} : { afterStep }) },
  );
}

/** Logs in with exactly this user and password. */
export async function accepts(server: ShopServer, login: SecretValue): Promise<boolean> {
  const { username: user, password } = login;
  try {
    const access = await server.database.access('admin');
    await using _session = await openSqlSession({ ...access, user, password });
    return true;
  } catch (error) {
    assert.equal((error as Failure).code, 'database-login-refused');
    return false;
  }
}

/** A rotation in a process of its own: `to` is new or previous. */
export function startRotation(
  server: ShopServer,
  of: { strategy: RotationStrategy; name: string; to: string; killAfter?: RotationStep },
): ChildProcess {
  const script = join(import.meta.dirname, 'rotate-child.ts');
  const { NODE_TEST_CONTEXT: _test, ...env } = server.environmentVariables;
  const { strategy, name, to, killAfter } = of;
  const args = [
    script,
    server.projectRoot,
    strategy,
    name,
    to,
    ...(killAfter === undefined ? [] : [killAfter]),
  ];
  return spawn(process.execPath, args, {
    env: { ...env, ROTATE_GRACE_MS: String(GRACE_MS) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Clients that read each secret for each of their connections, until they are stopped. */
export function startClients(server: ShopServer, users: readonly DatabaseUser[], count = 1) {
  const stop = new AbortController();
  const refusals: unknown[] = [];
  let logins = 0;
  const client = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      for (const user of users) {
        try {
          await using _session = await openSqlSession(await server.database.access(user));
          logins++;
        } catch (error) {
          refusals.push(error);
        }
      }
    }
  };
  const clients = Promise.all(Array.from({ length: count }, client));
  /** What went wrong, and how many logins went right. */
  const end = async (): Promise<{ refusals: unknown[]; logins: number }> => {
    stop.abort();
    await clients;
    return { refusals, logins };
  };
  return { stop: end, [Symbol.asyncDispose]: async () => void (await end()) };
}

/**
 * Rotations and rollbacks that are killed at random moments, beside a client. After each the current login must work;
 * in the end every secret must be rotated once more and be steady, and no login of the client may have failed.
 */
export async function surviveKills(
  server: ShopServer,
  { strategy, rounds, seed }: { strategy: RotationStrategy; rounds: number; seed: number },
): Promise<{ killed: number; logins: number }> {
  const random = seededRandom(seed);
  const secrets = secretsOf(server, strategy);
  await using clients = startClients(server, USERS);
  let killed = 0;
  for (let round = 0; round < rounds; round++) {
    const name = USERS[random.below(USERS.length)] ?? 'admin';
    const child = startRotation(server, { strategy, name, to: random.below(10) < 3 ? 'previous' : 'new' });
    const ended = once(child, 'exit');
    await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), ended]);
    const timer = setTimeout(() => child.kill('SIGKILL'), random.below(600));
    const [, signal] = await ended;
    clearTimeout(timer);
    if (signal === 'SIGKILL') killed++;
    const login = await secrets.reveal(name);
    assert.equal(await accepts(server, login), true, `seed ${seed}, round ${round}, ${name}`);
  }
  const { refusals, logins } = await clients.stop();
  assert.deepEqual(refusals, [], `seed ${seed}`);
  for (const name of USERS) {
    await secrets.rotate({ name, to: 'new' }, quiet);
    assert.equal((await secrets.describe(name)).state, 'steady', `seed ${seed}`);
  }
  return { killed, logins };
}

// Athena through the real SDK against two emulators: MiniStack runs SQL (on DuckDB), moto gives canned rows and
// writes their CSV to S3.
import assert from 'node:assert/strict';
import test from 'node:test';
import { CreateWorkGroupCommand } from '@aws-sdk/client-athena';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { AthenaSettings } from '../../src/aws/athena-execution.ts';
import { openAwsQueryHistory } from '../../src/aws/query-history.ts';
import { openAwsWarehouse } from '../../src/aws/warehouse.ts';
import type { QueryEvent, Value } from '../../src/platform/warehouse.ts';
import { warehouseContract } from '../contract/warehouse.ts';
import { noParquet } from '../support/aws-environment.ts';
import { type EmulatorInUse, useEmulator } from '../support/open-emulators.ts';

const ministack = useEmulator('ministack');
const moto = useEmulator('moto');
const prepared = new Map<string, Promise<void>>();

async function settingsOn(emulator: EmulatorInUse): Promise<AthenaSettings> {
  const clients = emulator.clients();
  const ready = prepared.get(emulator.name) ?? prepare(emulator);
  prepared.set(emulator.name, ready);
  await ready;
  const resultLocation = emulator.name === 'moto' ? 's3://staging-results/results/' : undefined;
  return { clients, workgroup: 'staging-workgroup', resultLocation, now: () => Date.now() };
}

async function prepare(emulator: EmulatorInUse): Promise<void> {
  const clients = emulator.clients();
  const location = { LocationConstraint: 'ap-northeast-1' } as const;
  await (await clients.s3()).send(
    new CreateBucketCommand({ Bucket: 'staging-results', CreateBucketConfiguration: location }),
  );
  const configuration = { ResultConfiguration: { OutputLocation: 's3://staging-results/results/' } };
  await (await clients.athena()).send(
    new CreateWorkGroupCommand({ Name: 'staging-workgroup', Configuration: configuration }),
  );
}

warehouseContract('Athena (ministack)', async () => {
  const settings = await settingsOn(ministack);
  return {
    warehouse: openAwsWarehouse({ ...settings, parquet: noParquet }),
    history: openAwsQueryHistory(settings),
    database: 'default',
  };
});

/** Puts the rows of the next query on moto's queue. */
async function can(rows: readonly (readonly (string | null)[])[], names: readonly string[]): Promise<void> {
  const results = [
    {
      rows: [names, ...rows].map((row) => ({
        Data: row.map((text) => (text === null ? {} : { VarCharValue: text })),
      })),
      column_info: names.map((Name) => ({ Name, Type: 'varchar', Precision: 2147483647 })),
    },
  ];
  const body = JSON.stringify({ account_id: '123456789012', region: 'ap-northeast-1', results });
  const answer = await fetch(`${moto.endpoint()}/moto-api/static/athena/query-results`, {
    method: 'POST',
    body,
  });
  assert.equal(answer.status, 201);
}

for (const fetchWay of ['api', 's3', 'auto'] as const) {
  test(`moto: NULL and the empty string stay apart with --fetch ${fetchWay}`, async () => {
    const rows = [
      ['a', null],
      ['', '語'],
      [null, null],
    ];
    const settings = await settingsOn(moto);
    await can(rows, ['x', 'y']);
    const warehouse = openAwsWarehouse({ ...settings, parquet: noParquet });
    const result = await warehouse.run({ sql: 'SELECT x, y FROM t', database: 'shop', fetch: fetchWay });
    const found: (readonly Value[])[] = [];
    for await (const batch of result.batches()) found.push(...batch);
    assert.deepEqual(found, rows);
    assert.equal(result.stats().fetchPath, fetchWay === 's3' ? 's3' : 'api');
  });
}

test('moto: a query goes through its states, and an abort cancels it', async () => {
  const settings = await settingsOn(moto);
  await transition({ progression: 'manual', times: 2 });
  try {
    const events: QueryEvent[] = [];
    const warehouse = openAwsWarehouse({ ...settings, parquet: noParquet });
    const notify = (event: QueryEvent): void => {
      events.push(event);
    };
    await warehouse.run({ sql: 'SELECT 1', database: 'shop', notify });
    assert.deepEqual(
      events.map((event) => event.message.replace(/[0-9a-f-]{36}/, 'ID')),
      ['Started ID.', 'ID is queued.', 'ID is running.'],
    );
    await transition({ progression: 'manual', times: 50 });
    const controller = new AbortController();
    const aborting = warehouse.run({
      sql: 'SELECT 2',
      database: 'shop',
      signal: controller.signal,
      notify: (event) => {
        events.push(event);
        if (event.kind === 'state') controller.abort(new Error('the operator'));
      },
    });
    await assert.rejects(aborting, /the operator/);
    assert.match(events.at(-1)?.message ?? '', /it is cancelled/);
  } finally {
    await transition({ progression: 'immediate' });
  }
});

async function transition(how: object): Promise<void> {
  const body = JSON.stringify({ model_name: 'athena::execution', transition: how });
  await fetch(`${moto.endpoint()}/moto-api/state-manager/set-transition`, { method: 'POST', body });
}

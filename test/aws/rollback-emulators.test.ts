// dp's own publishing on AWS, which is the rollback of a day: real SDK, moto's S3 and Glue, and faults on the way.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { openAwsCatalog } from '../../src/aws/catalog.ts';
import { openAwsEngine } from '../../src/aws/engine.ts';
import { openAwsLake } from '../../src/aws/lake.ts';
import { HEARTBEAT_LOST_MS } from '../../src/etl/day-lock.ts';
import type { EtlDeps } from '../../src/operations/etl-deps.ts';
import { readLakeTables } from '../../src/operations/read-lake-tables.ts';
import { readLedger } from '../../src/operations/read-ledger.ts';
import { rollbackDay } from '../../src/operations/rollback-day.ts';
import { type Emulator, startEmulator } from '../support/aws-emulator.ts';
import { openTestClients } from '../support/aws-environment.ts';
import { type AwsFaultServer, awsError, startFaultServer } from '../support/aws-fault-server.ts';
import { publishTestDay } from '../support/published-day.ts';

const date = '2026-11-21';
const FIRST = '20261122T170000000Z-aaaaaa';
const SECOND = '20261122T180000000Z-bbbbbb';
/** Enough to see a day half switched. */
const TABLES = 2;
const DENIED = awsError('AccessDeniedException', 'not allowed here');

let emulator: Emulator;
let server: AwsFaultServer;
let clients: ReturnType<typeof openTestClients>;
let worlds = 0;

before(async () => {
  emulator = await startEmulator('moto');
  server = await startFaultServer(() => emulator.endpoint);
  clients = openTestClients(server.endpoint);
});
after(async () => {
  await clients.close();
  await server[Symbol.asyncDispose]();
  await emulator[Symbol.asyncDispose]();
});

type World = EtlDeps & { readonly random: () => string; readonly clock: { ms: number } };

/** A bucket and a database of the test's own, in which the day was published twice. */
async function publishedTwice(): Promise<World> {
  const bucket = `rollback-${++worlds}`;
  server.faults.length = 0;
  const command = new CreateBucketCommand({
    Bucket: bucket,
    CreateBucketConfiguration: { LocationConstraint: 'ap-northeast-1' },
  });
  await (await clients.s3()).send(command);
  const clock = { ms: Date.parse('2026-11-23T00:00:00Z'), now: () => clock.ms++ };
  const deps = {
    lake: openAwsLake({ clients, bucket }),
    catalog: openAwsCatalog({ clients }),
    engine: openAwsEngine(),
    lakeDatabase: `lake_${worlds}`,
    tables: (await readLakeTables()).slice(0, TABLES),
    random: () => 'cccccc',
    clock,
  };
  await publishTestDay({ date, runId: FIRST }, deps);
  await publishTestDay({ date, runId: SECOND, previousRunId: FIRST }, deps);
  return deps;
}

/** The run that readers see in each table. */
async function runsSeen({ catalog, lakeDatabase, tables }: World): Promise<(string | undefined)[]> {
  const found = tables.map(({ contract: { table } }) =>
    catalog.findPartition({ database: lakeDatabase, table }, [date]),
  );
  return (await Promise.all(found)).map(
    (partition) => /\/(\d{8}T[^/]+)\/dt=/.exec(partition?.location ?? '')?.[1],
  );
}

const all = (runId: string): string[] => Array.from({ length: TABLES }, () => runId);

const stateOf = async (deps: World): Promise<string | undefined> =>
  (await readLedger([date], deps))[0]?.state;

test('a rollback points every partition back, and the day is loaded and no longer verified', async () => {
  const deps = await publishedTwice();
  assert.deepEqual([await runsSeen(deps), await stateOf(deps)], [all(SECOND), 'verified']);
  const result = await rollbackDay({ date }, deps);
  assert.deepEqual([result.fromRunId, result.toRunId], [SECOND, FIRST]);
  assert.deepEqual([await runsSeen(deps), await stateOf(deps)], [all(FIRST), 'loaded']);
});

test('a switch that is refused midway fails the day, and another rollback makes it whole', async () => {
  const deps = await publishedTwice();
  server.faults.push({ call: 'UpdatePartition', answer: DENIED, skip: 1 });
  await assert.rejects(rollbackDay({ date }, deps), { code: 'not-allowed' });
  assert.deepEqual([await runsSeen(deps), await stateOf(deps)], [[FIRST, SECOND], 'failed']);
  await rollbackDay({ date }, deps);
  assert.deepEqual([await runsSeen(deps), await stateOf(deps)], [all(FIRST), 'loaded']);
});

for (const [what, call, answer] of [
  ['throttled', 'UpdatePartition', awsError('ThrottlingException', 'Rate exceeded')],
  ['throttled', 'GetTable', awsError('ThrottlingException', 'Rate exceeded')],
  ['lost', 'UpdatePartition', 'lost'],
  ['lost', '00000001.json?x-id=PutObject', 'lost'],
] as const) {
  test(`an answer of ${call} that is ${what} makes the rollback neither fail nor be done twice`, async () => {
    const deps = await publishedTwice();
    server.faults.push({ call, answer });
    await rollbackDay({ date }, deps);
    assert.equal(server.faults[0]?.times, 0, 'the fault was met');
    assert.deepEqual([await runsSeen(deps), await stateOf(deps)], [all(FIRST), 'loaded']);
  });
}

test('of two rollbacks in the same moment one is done, and the other says who holds the day', async () => {
  const deps = await publishedTwice();
  const ends = await Promise.allSettled(
    ['cccccc', 'dddddd'].map((hex) => rollbackDay({ date, toRunId: FIRST }, { ...deps, random: () => hex })),
  );
  const refused = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []));
  assert.ok(refused.length <= 1 && refused.every((code) => code === 'day-is-running'), String(refused));
  assert.deepEqual([await runsSeen(deps), await stateOf(deps)], [all(FIRST), 'loaded']);
});

test('cut off before any call to AWS, each table is wholly old or new, and another rollback converges', async () => {
  const halves = new Set<number>();
  for (let calls = 0; ; calls++) {
    const deps = await publishedTwice();
    // What was cut off makes no call any more: all that come after so many are refused.
    server.faults.push({ call: '', answer: DENIED, times: Number.POSITIVE_INFINITY, skip: calls });
    const cut = await rollbackDay({ date }, deps).catch(() => 'cut off');
    const left = server.faults[0]?.skip ?? 0;
    server.faults.length = 0;
    const seen = await runsSeen(deps);
    const switched = seen.filter((run) => run === FIRST).length;
    assert.deepEqual(
      seen,
      [...all(FIRST).slice(0, switched), ...all(SECOND).slice(switched)],
      `${calls} calls`,
    );
    halves.add(switched);
    deps.clock.ms += HEARTBEAT_LOST_MS;
    if (cut !== 'cut off' && left > 0) break;
    await rollbackDay({ date, toRunId: FIRST }, deps);
    assert.deepEqual([await runsSeen(deps), await stateOf(deps)], [all(FIRST), 'loaded'], `${calls} calls`);
  }
  assert.deepEqual([...halves], [0, 1, 2]);
});

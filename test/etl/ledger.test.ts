import assert from 'node:assert/strict';
import test from 'node:test';
import { HEARTBEAT_LOST_MS, lockHolds, parseLock } from '../../src/etl/day-lock.ts';
import { runOfKey } from '../../src/etl/lake-keys.ts';
import { dayRecord } from '../../src/etl/ledger.ts';
import { differences, formatManifest, type Manifest, parseManifest } from '../../src/etl/manifest.ts';
import { isRunId, runIdOf, startOfRun } from '../../src/etl/run-id.ts';

const date = '2026-11-22';
const run = (number: number, change: Partial<Manifest> = {}): Manifest => ({
  version: 1,
  kind: 'load',
  date,
  runId: runIdOf(Date.UTC(2026, 10, 23, 0, 0, number), 'abcdef'),
  state: 'verified',
  engine: 'duckdb',
  startedAt: '2026-11-23T00:00:00Z',
  verifiedAt: `2026-11-23T00:00:0${number}Z`,
  tables: {},
  ...change,
});
const state = (manifests: Manifest[], more: { runningRunId?: string; staleRunIds?: string[] } = {}): string =>
  dayRecord({ date, manifests, staleRunIds: [], ...more }).state;

test('a day nobody loaded is missing', () => assert.equal(state([]), 'missing'));
test('a live run makes a day running, whatever lies there', () =>
  assert.equal(state([run(1), run(2, { state: 'failed' })], { runningRunId: run(3).runId }), 'running'));
test('a run that was killed leaves the day failed', () => {
  const record = dayRecord({ date, manifests: [run(1), run(2, { state: 'running' })], staleRunIds: [] });
  assert.equal(record.state, 'failed');
  assert.equal(record.publishedRunId, run(1).runId);
  assert.match(record.error ?? '', /killed/);
});
test('a run killed between its switches leaves the day failed', () =>
  assert.equal(state([run(1, { state: 'publishing' })]), 'failed'));
test('a failure after a success is a failure; a success after a failure is none', () => {
  assert.equal(state([run(2, { state: 'failed' }), run(1)]), 'failed');
  assert.equal(state([run(2), run(1, { state: 'failed' })]), 'verified');
});
test('a published day seen to differ is stale until another run is published', () => {
  assert.equal(state([run(1)], { staleRunIds: [run(1).runId] }), 'stale');
  assert.equal(state([run(1), run(2)], { staleRunIds: [run(1).runId] }), 'verified');
});
test('a day rolled back is loaded, and shows the run it went back to', () => {
  const record = dayRecord({
    date,
    manifests: [run(1), run(2), run(3, { kind: 'rollback', state: 'loaded', publishes: run(1).runId })],
    staleRunIds: [],
  });
  assert.equal(record.state, 'loaded');
  assert.equal(record.publishedRunId, run(1).runId);
});

test('a manifest comes back as it was written', () => {
  assert.deepEqual(parseManifest(formatManifest(run(1)), 'k'), run(1));
});
test('a manifest that is torn, foreign or of a newer dp is refused by name', () => {
  const bytes = formatManifest(run(1));
  assert.throws(() => parseManifest(bytes.slice(0, 40), 'the/key'), {
    code: 'manifest-unreadable',
    message: /the\/key/,
  });
  assert.throws(() => parseManifest(new TextEncoder().encode('[]'), 'k'), { code: 'manifest-unreadable' });
  const newer = new TextEncoder().encode(JSON.stringify({ ...run(1), version: 2 }));
  assert.throws(() => parseManifest(newer, 'k'), { message: /version 2/ });
});

test('differences speak of rows and sums before they speak of values', () => {
  const measure = { rows: 2, checksum: '10', sums: { amount: '1.50' } };
  assert.deepEqual(differences(measure, measure), []);
  assert.match(
    differences(measure, { ...measure, rows: 3 })[0] ?? '',
    /2 rows in the database, 3 in the lake/,
  );
  assert.match(differences(measure, { ...measure, sums: { amount: '1.49' } })[0] ?? '', /amount is 1.50/);
  assert.match(differences(measure, { ...measure, checksum: '11' })[0] ?? '', /checksums differ/);
});

test('a lock holds while its owner lives, wherever that can be told', () => {
  const lock = {
    runId: 'r',
    owner: { host: 'h', pid: 1, processStart: '' },
    heartbeatMs: 1_000,
    released: false,
  };
  assert.equal(lockHolds(lock, { ms: 10 ** 9, ownerGone: false }), true);
  assert.equal(lockHolds(lock, { ms: 1_000, ownerGone: true }), false);
  assert.equal(lockHolds({ ...lock, released: true }, { ms: 1_000, ownerGone: false }), false);
  assert.equal(lockHolds(lock, { ms: 999 + HEARTBEAT_LOST_MS, ownerGone: undefined }), true);
  assert.equal(lockHolds(lock, { ms: 1_000 + HEARTBEAT_LOST_MS, ownerGone: undefined }), false);
  assert.equal(parseLock(new TextEncoder().encode('{"runId"')), undefined);
});

test('run ids sort by their start and give it back', () => {
  const [first, second] = [runIdOf(1_700_000_000_000, 'ffffff'), runIdOf(1_700_000_000_001, '000000')];
  assert.ok(first < second && isRunId(first));
  assert.equal(startOfRun(second), 1_700_000_000_001);
  assert.equal(isRunId('../../etc'), false);
});

test('keys of landed and written files name their run', () => {
  const runId = run(1).runId;
  const expected = { table: 'orders', day: date, runId };
  assert.deepEqual(runOfKey(`landing/orders/dt=${date}/run=${runId}/part-00000.txt`), expected);
  assert.deepEqual(runOfKey(`lake/orders/${runId}/dt=${date}/part-00000.parquet`), expected);
  assert.equal(runOfKey(`manifests/dt=${date}/${runId}.json`), undefined);
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { collectGarbage } from '../../src/operations/collect-garbage.ts';
import { etlStatus } from '../../src/operations/etl-status.ts';
import { listCatalog, listPartitions, showTable } from '../../src/operations/read-catalog.ts';
import { readLedger } from '../../src/operations/read-ledger.ts';
import { reconcile } from '../../src/operations/reconcile.ts';
import { rollbackDay } from '../../src/operations/rollback-day.ts';
import { type RunEtlDeps, runEtl } from '../../src/operations/run-etl.ts';
import { showDay } from '../../src/operations/show-day.ts';
import { change, fillShop, LAKE_DATABASE, openEtlPlatform, runOf } from '../support/etl-platform.ts';
import { sharedShopServer } from '../support/shop-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DAY = '2026-11-21';
const BEFORE = '2026-11-20';
const server = sharedShopServer();
let filled: Promise<void> | undefined;

/** A lake of the test's own over the file's one shop; tests put back what they change in it. */
async function platform(t: test.TestContext): Promise<Awaited<ReturnType<typeof openEtlPlatform>>> {
  const { database } = await server();
  filled ??= fillShop(database, { orders: 600, days: 3, lastDay: '2026-11-22' });
  await filled;
  return openEtlPlatform({ database, folder: await temporaryFolder(t) });
}

async function sql(...statements: readonly string[]): Promise<void> {
  await change((await server()).database, ...statements);
}

async function stateOf(date: string, deps: RunEtlDeps): Promise<string | undefined> {
  return (await readLedger([date], deps))[0]?.state;
}

test('a day is loaded, proved equal to the database and published', async (t) => {
  const deps = await platform(t);
  const result = await runEtl(runOf(DAY), deps);
  assert.equal(result.end, 'ok');
  const [day] = result.days;
  assert.equal(day?.state, 'verified');
  assert.deepEqual(Object.keys(day?.tables ?? {}).sort(), [
    'customers',
    'daily_sales',
    'order_items',
    'orders',
    'products',
  ]);
  assert.ok((day?.tables.orders?.rows ?? 0) > 50);
  const partition = await deps.catalog.findPartition({ database: LAKE_DATABASE, table: 'orders' }, [DAY]);
  assert.equal(partition?.parameters['dp.run_id'], day?.runId);
  assert.equal(partition?.parameters['dp.rows'], String(day?.tables.orders?.rows));
  assert.ok(partition?.location.endsWith(`lake/orders/${day?.runId}/dt=${DAY}/`));
  assert.deepEqual(deps.events.map(({ event }) => event).slice(0, 2), ['plan', 'day-started']);
  assert.deepEqual(deps.events.at(-1), { event: 'summary', days: result.days });
});

test('loading a day twice gives the same day', async (t) => {
  const deps = await platform(t);
  const [first] = (await runEtl(runOf(DAY), deps)).days;
  const [second] = (await runEtl(runOf(DAY), deps)).days;
  assert.notEqual(first?.runId, second?.runId);
  assert.deepEqual(first?.tables, second?.tables);
});

test('only the days in the asked-for states are run, and the plan says why', async (t) => {
  const deps = await platform(t);
  await runEtl(runOf(DAY), deps);
  const range = { from: BEFORE, to: '2026-11-22', only: ['missing', 'failed', 'stale'] as const };
  const planned = await runEtl(runOf(DAY, { ...range, dryRun: true }), deps);
  assert.deepEqual(
    planned.plan.map(({ date, action, state }) => [date, action, state]),
    [
      [BEFORE, 'run', 'missing'],
      [DAY, 'skip', 'verified'],
      ['2026-11-22', 'run', 'missing'],
    ],
  );
  assert.match(planned.plan[0]?.reason ?? '', /never loaded/);
  assert.equal(await stateOf(BEFORE, deps), 'missing');
  const run = await runEtl(runOf(DAY, { ...range, concurrency: 2 }), deps);
  assert.deepEqual(
    run.days.map(({ date, state }) => [date, state]),
    [
      [BEFORE, 'verified'],
      ['2026-11-22', 'verified'],
    ],
  );
});

test('days that are not over, and ranges that run backwards, are refused before anything is written', async (t) => {
  const deps = await platform(t);
  const early = { ...deps, clock: { now: () => Date.parse('2026-11-22T14:59:59Z') } };
  await assert.rejects(runEtl(runOf('2026-11-22'), early), { code: 'day-not-over', kind: 'usage' });
  await assert.rejects(runEtl(runOf(DAY, { to: BEFORE }), deps), { code: 'range-backwards', kind: 'usage' });
  assert.deepEqual(await deps.lake.list(''), []);
});

test('a day without orders is published empty', async (t) => {
  const deps = await platform(t);
  const result = await runEtl(runOf('2020-01-01'), deps);
  assert.equal(result.end, 'ok');
  assert.deepEqual(result.days[0]?.tables.orders, { rows: 0, checksum: '0' });
  assert.equal(result.days[0]?.tables.daily_sales?.rows, 0);
  assert.equal(await stateOf('2020-01-01', deps), 'verified');
});

test('the last microsecond of a day and the first of the next land on different days', async (t) => {
  const deps = await platform(t);
  const insert = (id: number, at: string): string =>
    `INSERT INTO orders (id, customer_id, status, total_amount, created_at, updated_at) VALUES (${id}, (SELECT MIN(id) FROM customers c), 'paid', 0, '${at}', '${at}')`;
  await sql(insert(9_000_001, '2026-10-01 14:59:59.999999'), insert(9_000_002, '2026-10-01 15:00:00.000000'));
  t.after(() => sql('DELETE FROM orders WHERE id >= 9000000'));
  const run = await runEtl(runOf('2026-10-01', { to: '2026-10-02' }), deps);
  assert.deepEqual(
    run.days.map((day) => day.tables.orders?.rows),
    [1, 1],
  );
  const tables = deps.tables.filter(({ contract }) => contract.table === 'orders');
  for (const [date, id] of [
    ['2026-10-01', 9_000_001],
    ['2026-10-02', 9_000_002],
  ] as const) {
    const partition = await deps.catalog.findPartition({ database: LAKE_DATABASE, table: 'orders' }, [date]);
    assert.ok(partition !== undefined && tables[0] !== undefined);
    const { rows, sums } = await deps.engine.measureLake(
      { ...tables[0], contract: { ...tables[0].contract, sums: ['id'] } },
      partition.location.slice(deps.lake.root.length),
    );
    assert.deepEqual([rows, sums], [1, { id: String(id) }]);
  }
});

test('late updates, inserts and deletes make a day stale, and healing makes it verified', async (t) => {
  const deps = await platform(t);
  await runEtl(runOf(BEFORE, { to: DAY }), deps);
  assert.equal((await reconcile({ from: BEFORE, to: DAY, heal: false }, deps)).end, 'ok');
  const of = `created_at >= '2026-11-20 15:00:00' AND created_at < '2026-11-21 15:00:00'`;
  for (const late of [
    `UPDATE orders SET status = IF(status = 'refunded', 'paid', 'refunded') WHERE ${of} ORDER BY id LIMIT 1`,
    `UPDATE orders SET note = CONCAT(COALESCE(note, ''), ' ') WHERE ${of} ORDER BY id LIMIT 1`,
    `DELETE FROM orders WHERE ${of} ORDER BY id DESC LIMIT 1`,
    `INSERT INTO orders (customer_id, status, total_amount, created_at, updated_at) SELECT MIN(customer_id), 'paid', 0, '2026-11-21 14:59:59.999999', '2026-11-25 00:00:00' FROM orders`,
  ]) {
    await sql(late);
    const found = await reconcile({ from: BEFORE, to: DAY, heal: false }, deps);
    assert.equal(found.end, 'not-ready', late);
    assert.deepEqual(
      found.days.map(({ result }) => result),
      ['equal', 'differs'],
      late,
    );
    assert.ok(
      found.days[1]?.differences.some(({ table }) => table === 'orders'),
      late,
    );
    assert.equal(await stateOf(DAY, deps), 'stale');
    const healed = await reconcile({ from: BEFORE, to: DAY, heal: true }, deps);
    assert.deepEqual([healed.end, healed.days[1]?.result], ['ok', 'healed'], late);
    assert.equal(await stateOf(DAY, deps), 'verified');
    assert.equal((await reconcile({ from: BEFORE, to: DAY, heal: false }, deps)).end, 'ok');
  }
});

test('a stale day is what --only stale runs', async (t) => {
  const deps = await platform(t);
  await runEtl(runOf(BEFORE, { to: DAY }), deps);
  await sql(
    `UPDATE orders SET updated_at = updated_at + INTERVAL 1 MICROSECOND WHERE created_at >= '2026-11-20 15:00:00' ORDER BY created_at LIMIT 1`,
  );
  await reconcile({ from: BEFORE, to: DAY, heal: false }, deps);
  const run = await runEtl(runOf(BEFORE, { to: DAY, only: ['stale'] }), deps);
  assert.deepEqual(
    run.days.map(({ date, state }) => [date, state]),
    [[DAY, 'verified']],
  );
});

test('a file of the lake that was damaged is found and healed', async (t) => {
  const deps = await platform(t);
  await runEtl(runOf(DAY), deps);
  const file = (await deps.lake.list('lake/orders/')).at(0);
  const bytes = await deps.lake.read(file?.key ?? '');
  assert.ok(file !== undefined && bytes !== undefined);
  await deps.lake.write(file.key, bytes.subarray(0, bytes.length - 9));
  const found = await reconcile({ from: DAY, to: DAY, heal: true }, deps);
  assert.equal(found.days[0]?.result, 'healed');
  assert.match(found.days[0]?.differences[0]?.what ?? '', /cannot be read/);
});

test('a missing or retyped column stops the run before anything is written; an unknown one is left out', async (t) => {
  const deps = await platform(t);
  t.after(() => sql('ALTER TABLE orders DROP COLUMN IF EXISTS gift_wrap'));
  await sql('ALTER TABLE orders RENAME COLUMN channel TO channels');
  await assert.rejects(runEtl(runOf(DAY), deps), {
    code: 'source-drifted',
    message: /orders\.channel \(string\) is missing/,
  });
  await sql('ALTER TABLE orders RENAME COLUMN channels TO channel');
  await sql('ALTER TABLE orders MODIFY total_amount DECIMAL(14,3) NOT NULL');
  await assert.rejects(runEtl(runOf(DAY), deps), {
    message: /total_amount is decimal\(14,3\), and the contract reads decimal\(14,2\)/,
  });
  await sql('ALTER TABLE orders MODIFY total_amount DECIMAL(14,2) NOT NULL');
  assert.deepEqual(await deps.lake.list(''), []);
  await sql('ALTER TABLE orders ADD COLUMN gift_wrap INT NULL');
  assert.equal((await runEtl(runOf(DAY), deps)).end, 'ok');
  const warning = deps.events.find(({ event }) => event === 'warning');
  assert.match(warning?.event === 'warning' ? warning.message : '', /orders\.gift_wrap/);
});

test('a day whose rows break a rule is not published, unless the operator insists', async (t) => {
  const deps = await platform(t);
  const [good] = (await runEtl(runOf(DAY), deps)).days;
  const of = `created_at >= '2026-11-20 15:00:00' AND created_at < '2026-11-21 15:00:00' ORDER BY id LIMIT 1`;
  await sql(`UPDATE orders SET total_amount = total_amount + 1 WHERE ${of}`);
  t.after(() => sql(`UPDATE orders SET total_amount = total_amount - 1 WHERE ${of}`));
  const bad = await runEtl(runOf(DAY), deps);
  assert.equal(bad.end, 'failed');
  assert.equal(bad.days[0]?.error?.code, 'checks-failed');
  assert.match(bad.days[0]?.error?.message ?? '', /total_amount is the sum/);
  assert.equal(await stateOf(DAY, deps), 'failed');
  const name = { database: LAKE_DATABASE, table: 'orders' };
  assert.equal((await deps.catalog.findPartition(name, [DAY]))?.parameters['dp.run_id'], good?.runId);
  const forced = await runEtl(runOf(DAY, { force: true }), deps);
  assert.equal(forced.end, 'ok');
  assert.equal((await showDay({ date: DAY }, deps)).published?.forced, true);
  assert.ok(deps.events.some((event) => event.event === 'warning' && /total_amount/.test(event.message)));
});

test('some days failing is partial, and the others are published', async (t) => {
  const deps = await platform(t);
  const of = `created_at >= '2026-11-20 15:00:00' AND created_at < '2026-11-21 15:00:00' ORDER BY id LIMIT 1`;
  await sql(`UPDATE orders SET total_amount = total_amount + 1 WHERE ${of}`);
  t.after(() => sql(`UPDATE orders SET total_amount = total_amount - 1 WHERE ${of}`));
  const run = await runEtl(runOf(BEFORE, { to: '2026-11-22' }), deps);
  assert.equal(run.end, 'partial');
  assert.deepEqual(
    run.days.map(({ state }) => state),
    ['verified', 'failed', 'verified'],
  );
});

test('of two runs of one day at once one wins and the other says so', async (t) => {
  const deps = await platform(t);
  const runs = await Promise.all([runEtl(runOf(DAY), deps), runEtl(runOf(DAY), deps)]);
  assert.deepEqual(runs.map(({ end }) => end).sort(), ['ok', 'temporary']);
  const loser = runs.find(({ end }) => end === 'temporary')?.days[0];
  const winner = runs.find(({ end }) => end === 'ok')?.days[0];
  assert.equal(loser?.error?.code, 'day-is-running');
  assert.ok(loser?.error?.message.includes(winner?.runId ?? 'nobody'));
  assert.equal(await stateOf(DAY, deps), 'verified');
});

test('an aborted run leaves its day failed and its lock free', async (t) => {
  const deps = await platform(t);
  const stop = new AbortController();
  const notify = ({ event }: { event: string }): void => {
    if (event === 'extracted') stop.abort(new Error('Ctrl-C'));
  };
  await assert.rejects(runEtl(runOf(DAY), { ...deps, signal: stop.signal, notify }), { message: 'Ctrl-C' });
  const { record, runs } = await showDay({ date: DAY }, deps);
  assert.deepEqual([record.state, runs[0]?.error?.code], ['failed', 'interrupted']);
  assert.equal((await runEtl(runOf(DAY), deps)).end, 'ok');
});

test('of several days that are aborted every one that began is told before the end, and no other begins', async (t) => {
  const deps = await platform(t);
  const stop = new AbortController();
  const told: string[] = [];
  const notify = (event: { event: string; date?: string }): void => {
    if (event.event === 'day-started' || event.event === 'day-finished')
      told.push(`${event.event} ${event.date}`);
    if (told.length === 2) stop.abort(new Error('Ctrl-C'));
  };
  const range = runOf(BEFORE, { to: '2026-11-23', concurrency: 2 });
  await assert.rejects(runEtl(range, { ...deps, signal: stop.signal, notify }), { message: 'Ctrl-C' });
  const days = [BEFORE, DAY].flatMap((day) => [`day-finished ${day}`, `day-started ${day}`]);
  assert.deepEqual(told.toSorted(), days.toSorted());
});

test('a rollback points back, twice goes back twice, and then there is nothing before', async (t) => {
  const deps = await platform(t);
  const ids: (string | null | undefined)[] = [];
  for (let round = 0; round < 3; round++) ids.push((await runEtl(runOf(DAY), deps)).days[0]?.runId);
  const current = async (): Promise<(string | undefined)[]> =>
    Promise.all(
      deps.tables.map(async ({ contract: { table } }) => {
        return (await deps.catalog.findPartition({ database: LAKE_DATABASE, table }, [DAY]))?.parameters[
          'dp.run_id'
        ];
      }),
    );
  assert.equal((await rollbackDay({ date: DAY }, deps)).toRunId, ids[1]);
  assert.deepEqual(new Set(await current()), new Set([ids[1]]));
  assert.equal(await stateOf(DAY, deps), 'loaded');
  assert.equal((await rollbackDay({ date: DAY }, deps)).toRunId, ids[0]);
  await assert.rejects(rollbackDay({ date: DAY }, deps), { code: 'nothing-to-roll-back-to' });
  assert.equal((await rollbackDay({ date: DAY, toRunId: ids[2] ?? '' }, deps)).toRunId, ids[2]);
  assert.deepEqual(new Set(await current()), new Set([ids[2]]));
  await assert.rejects(rollbackDay({ date: DAY, toRunId: 'nonsense' }, deps), {
    code: 'run-unknown',
    kind: 'usage',
  });
  await assert.rejects(rollbackDay({ date: '2019-01-01' }, deps), { code: 'day-missing' });
});

test('garbage collection keeps the current and the previous run, and nothing else', async (t) => {
  const deps = await platform(t);
  const ids: (string | null | undefined)[] = [];
  for (let round = 0; round < 4; round++) ids.push((await runEtl(runOf(DAY), deps)).days[0]?.runId);
  const left = async (): Promise<(string | undefined)[]> => {
    const keys = (await deps.lake.list('lake/orders/')).map(({ key }) => key.split('/')[2]);
    return [...new Set(keys)].sort();
  };
  const planned = await collectGarbage({ olderThanMs: 0, dryRun: true }, deps);
  assert.deepEqual([planned.runs.length, (await left()).length], [4, 4]);
  assert.equal((await collectGarbage({ olderThanMs: 10 ** 13, dryRun: false }, deps)).objects, 0);
  await collectGarbage({ olderThanMs: 0, dryRun: false }, deps);
  assert.deepEqual(await left(), [ids[2], ids[3]]);
  assert.deepEqual(await deps.lake.list('landing/'), []);
  await rollbackDay({ date: DAY }, deps);
  await collectGarbage({ olderThanMs: 0, dryRun: false }, deps);
  assert.deepEqual(await left(), [ids[2], ids[3]], 'what was rolled back from stays as well');
  await assert.rejects(rollbackDay({ date: DAY, toRunId: ids[0] ?? '' }, deps), { code: 'files-collected' });
  assert.equal((await collectGarbage({ olderThanMs: 0, dryRun: false }, deps)).objects, 0);
});

test('status shows every day of its range, five weeks up to yesterday by default', async (t) => {
  const deps = { ...(await platform(t)), clock: { now: () => Date.parse('2026-11-23T03:00:00Z') } };
  await runEtl(runOf(DAY), deps);
  const { days } = await etlStatus({}, deps);
  assert.deepEqual([days.length, days[0]?.date, days.at(-1)?.date], [35, '2026-10-19', '2026-11-22']);
  const found = days.find(({ date }) => date === DAY);
  assert.equal(found?.state, 'verified');
  assert.match(found?.verifiedAt ?? '', /^2026-11-23T/);
  assert.equal(days.at(-1)?.state, 'missing');
  assert.equal((await etlStatus({ from: DAY, to: DAY }, deps)).days.length, 1);
});

test('a day nobody loaded has nothing to show', async (t) => {
  await assert.rejects(showDay({ date: DAY }, await platform(t)), { code: 'day-missing', kind: 'not-ready' });
});

test('the catalog lists tables with what they hold, and names them when one is misspelt', async (t) => {
  const deps = await platform(t);
  const [day] = (await runEtl(runOf(DAY), deps)).days;
  const { tables } = await listCatalog({}, deps);
  assert.deepEqual(
    tables.map(({ name }) => name),
    ['customers', 'daily_sales', 'order_items', 'orders', 'products'],
  );
  assert.equal(tables.find(({ name }) => name === 'orders')?.rows, day?.tables.orders?.rows);
  const { partitions } = await listPartitions({ database: LAKE_DATABASE, table: 'orders' }, deps);
  assert.deepEqual(
    partitions.map(({ values }) => values),
    [[DAY]],
  );
  await assert.rejects(showTable({ database: LAKE_DATABASE, table: 'order' }, deps), {
    code: 'table-unknown',
    message: /order_items, orders/,
  });
});

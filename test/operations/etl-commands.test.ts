import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { change, fillShop } from '../support/etl-platform.ts';
import { type DpEnd, runDp } from '../support/run-dp.ts';
import { sharedShopServer } from '../support/shop-server.ts';

const server = sharedShopServer();
let filled: Promise<void> | undefined;

/** Runs `dp` in the project of the file's one server. */
async function dp(
  ...args: string[]
): Promise<DpEnd & { json: () => unknown; events: () => Record<string, unknown>[] }> {
  const { database, projectRoot, environmentVariables } = await server();
  filled ??= fillShop(database, { orders: 300, days: 3, lastDay: '2026-11-22' }).then(() =>
    writeFile(join(projectRoot, 'dp.config.json'), '{}'),
  );
  await filled;
  const end = await runDp(args, { cwd: projectRoot, env: environmentVariables });
  const events = (): Record<string, unknown>[] =>
    end.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  return { ...end, json: () => JSON.parse(end.stdout), events };
}

test('etl run --json gives one event a line, the summary last', async () => {
  const { code, events } = await dp('etl', 'run', '--from', '2026-11-21', '--to', '2026-11-22', '--json');
  assert.equal(code, 0);
  assert.equal(events()[0]?.event, 'plan');
  const summary = events().at(-1) as {
    event: string;
    days: {
      date: string;
      state: string;
      runId: string;
      tables: Record<string, { rows: number; checksum: string }>;
    }[];
  };
  assert.equal(summary.event, 'summary');
  assert.deepEqual(
    summary.days.map(({ date, state }) => [date, state]),
    [
      ['2026-11-21', 'verified'],
      ['2026-11-22', 'verified'],
    ],
  );
  assert.ok((summary.days[0]?.tables.orders?.rows ?? 0) > 10);
  assert.match(summary.days[0]?.tables.orders?.checksum ?? '', /^\d+$/);
});

test('etl status --json gives date, state, runId and verifiedAt of every day', async () => {
  await dp('etl', 'run', '--date', '2026-11-21');
  const { code, json } = await dp('etl', 'status', '--from', '2026-11-19', '--to', '2026-11-21', '--json');
  assert.equal(code, 0);
  const { days } = json() as { days: Record<string, unknown>[] };
  assert.deepEqual(
    days.map(({ date, state }) => [date, state]),
    [
      ['2026-11-19', 'missing'],
      ['2026-11-20', 'missing'],
      ['2026-11-21', 'verified'],
    ],
  );
  assert.match(String(days[2]?.runId), /^\d{8}T\d{9}Z-[0-9a-f]{6}$/);
  assert.ok(!Number.isNaN(Date.parse(String(days[2]?.verifiedAt))));
  assert.deepEqual([days[0]?.runId, days[0]?.verifiedAt], [null, null]);
});

for (const [name, args, code, says] of [
  ['a day that does not exist', ['run', '--date', '2026-02-30'], 64, /calendar has no such day/],
  [
    'a range that runs backwards',
    ['run', '--from', '2026-11-22', '--to', '2026-11-21'],
    64,
    /runs backwards/,
  ],
  ['a day far in the future', ['run', '--date', '2999-01-01'], 64, /lies in the future/],
  ['no day at all', ['run'], 64, /No day was given/],
  ['a state that is none', ['run', '--date', '2026-11-21', '--only', 'broken'], 64, /no state/],
  ['an age that is none', ['gc', '--older-than', 'soon'], 64, /not an age/],
  ['a day nobody loaded', ['show', '--date', '2019-01-01'], 3, /never loaded/],
  ['a rollback of a day nobody loaded', ['rollback', '--date', '2019-01-01'], 3, /never loaded/],
] as const) {
  test(`${name} is said in words, with exit ${code}`, async () => {
    const end = await dp('etl', ...args);
    assert.equal(end.code, code, end.stderr);
    assert.match(end.stderr, says);
    assert.doesNotMatch(end.stderr, /\n\s+at /, 'no stack');
    const asJson = await dp('etl', ...args, '--json');
    assert.equal(asJson.code, code);
    const { error } = asJson.events().at(-1) as { error: { message: string; nextSteps: string[] } };
    assert.match(error.message, says);
    assert.ok(error.nextSteps.length > 0);
  });
}

test('reconcile ends with 3 when days differ, and with 0 once they are healed', async () => {
  await dp('etl', 'run', '--date', '2026-11-20');
  await change(
    (await server()).database,
    "UPDATE orders SET updated_at = updated_at + INTERVAL 1 SECOND WHERE created_at >= '2026-11-19 15:00:00' ORDER BY created_at LIMIT 1",
  );
  const day = ['--from', '2026-11-20', '--to', '2026-11-20'];
  assert.equal((await dp('etl', 'reconcile', ...day)).code, 3);
  const healed = await dp('etl', 'reconcile', ...day, '--heal', '--json');
  assert.equal(healed.code, 0);
  assert.equal((healed.json() as { days: { result: string }[] }).days[0]?.result, 'healed');
});

test('what was loaded is in the catalog and answers queries', async () => {
  await dp('etl', 'run', '--date', '2026-11-21');
  const listed = (await dp('catalog', 'list', '--json')).json() as {
    tables: { name: string; rows: number }[];
  };
  const rows = listed.tables.find(({ name }) => name === 'orders')?.rows;
  const sql = 'SELECT count(*) AS n FROM orders o';
  const answer = (await dp('query', sql, '--json')).json() as { rows: unknown[][] };
  assert.deepEqual(answer.rows, [[rows]]);
  const shown = await dp('etl', 'show', '--date', '2026-11-21');
  assert.match(shown.stdout, /2026-11-21 is verified/);
  const partitions = await dp('catalog', 'partitions', 'orders');
  assert.match(partitions.stdout, /2026-11-21/);
  assert.equal((await dp('catalog', 'show', 'nothing')).code, 64);
});

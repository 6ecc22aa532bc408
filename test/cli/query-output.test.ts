import assert from 'node:assert/strict';
import test from 'node:test';
import { drawChart } from '../../src/cli/format/chart.ts';
import { chartPoints } from '../../src/cli/format/chart-points.ts';
import { formatResultPage } from '../../src/cli/format/result-page.ts';
import { openCompleter } from '../../src/cli/query-completion.ts';
import { parseAge, parseBytes, parseUsd } from '../../src/cli/query-flags.ts';
import { planDelivery } from '../../src/cli/query-result.ts';
import type { Catalog } from '../../src/platform/catalog.ts';
import type { Value } from '../../src/platform/warehouse.ts';

const columns = [
  { name: 'day', type: 'varchar' },
  { name: 'revenue', type: 'decimal(12,2)' },
];
const rows: Value[][] = [
  ['2026-11-20', '10.50'],
  ['<script>\u001b[31m', '21.00'],
  ['none', null],
];
const stats = {
  queryId: 'q1',
  queuedMs: 0,
  planningMs: 0,
  executionMs: 1,
  scannedBytes: 0,
  rows: 3,
  reused: false,
  fetchPath: 'api',
};

test('a bar is as long as its number, rows without one are left out, and data cannot drive the terminal', () => {
  const text = drawChart('bar', chartPoints(columns, rows), 60);
  const bars = text.split('\n').map((line) => line.replace(/[^█]/g, '').length);
  assert.equal(bars.filter((length) => length > 0).length, 2);
  assert.ok(Math.abs((bars[2] ?? 0) / (bars[1] ?? 1) - 2) < 0.2);
  assert.doesNotMatch(text, /\u001b/);
  assert.match(drawChart('spark', chartPoints(columns, rows), 60), /▁█/);
  assert.match(drawChart('line', chartPoints(columns, rows), 60), /revenue by day/);
});

test('a result without numbers cannot be drawn, and says so', () => {
  assert.throws(() => chartPoints([{ name: 'a', type: 'varchar' }], [['x']]), {
    code: 'usage',
    message: /no column of numbers/,
  });
});

test('a page has its picture, its table and nothing from anywhere else; data in it is text', () => {
  const chart = { kind: 'bar', points: chartPoints(columns, rows) } as const;
  const page = formatResultPage({ sql: 'SELECT "a" < 1', columns, rows, left: 2, stats, chart });
  assert.match(page, /<svg[\s\S]*<rect /);
  assert.match(page, /<td class="null">NULL<\/td>/);
  assert.doesNotMatch(page, /<script|\u001b|https?:\/\/|src=/);
  assert.match(page, /&lt;script&gt;\\u001b/);
  assert.match(page, /2 more rows are not shown/);
});

test('ages, bytes and dollars are read with their units, and refused without sense', () => {
  assert.deepEqual(
    [parseAge('60m'), parseAge('12h'), parseAge('7d'), parseAge(undefined)],
    [60, 720, 10_080, undefined],
  );
  assert.deepEqual(
    [parseBytes('500MB'), parseBytes('2GiB'), parseBytes('7')],
    [500_000_000, 2 * 1024 ** 3, 7],
  );
  assert.deepEqual([parseUsd('0.5'), parseUsd('$2')], [0.5, 2]);
  for (const wrong of [
    () => parseAge('8d'),
    () => parseAge('1'),
    () => parseBytes('much'),
    () => parseUsd('-1'),
  ])
    assert.throws(wrong, { kind: 'usage' });
});

test('forms that contradict each other are refused before anything is run', () => {
  const wish = {
    format: undefined,
    output: undefined,
    chart: undefined,
    open: false,
    json: false,
    terminal: false,
  };
  assert.throws(() => planDelivery({ ...wish, chart: 'bar', json: true }), { kind: 'usage' });
  assert.throws(() => planDelivery({ ...wish, open: true, output: 'x.csv' }), { kind: 'usage' });
  assert.throws(() => planDelivery({ ...wish, chart: 'bar', output: 'x.txt' }), { kind: 'usage' });
});

test('Tab offers tables behind FROM, and columns, functions and keywords elsewhere; a catalog that is away is no harm', async () => {
  const orders = {
    database: 'shop',
    name: 'orders',
    columns: [{ name: 'total', type: 'bigint' }],
    partitionKeys: [{ name: 'dt', type: 'string' }],
  };
  const catalog = { listTables: async () => [orders] } as unknown as Catalog;
  const complete = openCompleter({ database: 'shop', catalog: async () => catalog });
  assert.deepEqual(await complete('SELECT * FROM '), [['orders'], '']);
  assert.deepEqual(await complete('SELECT to'), [['to_iso8601', 'to_unixtime', 'total'], 'to']);
  assert.deepEqual(await complete('SEL'), [['SELECT'], 'SEL']);
  const away = openCompleter({ database: 'shop', catalog: () => Promise.reject(new Error('away')) });
  assert.deepEqual(await away('SEL'), [['SELECT'], 'SEL']);
});

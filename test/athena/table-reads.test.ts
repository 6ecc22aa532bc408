import assert from 'node:assert/strict';
import test from 'node:test';
import { parseIoPlan } from '../../src/athena/io-plan.ts';
import { tableReads } from '../../src/athena/table-reads.ts';

const DAYS = ['2026-11-20', '2026-11-21', '2026-11-22'];

function days(sql: string, table = 'orders'): string[] | 'all' {
  const read = tableReads(sql, 'shop').find((one) => one.table === table);
  assert.ok(read, `${table} is read`);
  const holds = read.limits.dt;
  return holds === undefined ? 'all' : DAYS.filter(holds);
}

test('conditions on a partition key say which partitions are read', () => {
  assert.deepEqual(days("SELECT * FROM orders WHERE dt = '2026-11-21'"), ['2026-11-21']);
  assert.deepEqual(days("SELECT * FROM orders o WHERE o.dt >= '2026-11-21' AND total > 5"), DAYS.slice(1));
  assert.deepEqual(days("SELECT * FROM orders WHERE dt IN ('2026-11-20', '2026-11-22') ORDER BY 1"), [
    '2026-11-20',
    '2026-11-22',
  ]);
  assert.deepEqual(
    days("SELECT * FROM orders WHERE dt BETWEEN '2026-11-20' AND '2026-11-21' AND x = 'y'"),
    DAYS.slice(0, 2),
  );
});

test('a condition that is not understood limits nothing', () => {
  assert.equal(days("SELECT * FROM orders WHERE dt = '2026-11-21' OR total > 5"), 'all');
  assert.equal(days("SELECT * FROM orders WHERE NOT dt = '2026-11-21'"), 'all');
  assert.equal(days("SELECT * FROM orders WHERE substr(dt, 1, 4) = '2026'"), 'all');
  assert.equal(days("SELECT dt = '2026-11-21' FROM orders"), 'all');
  assert.equal(days("SELECT * FROM orders WHERE dt = '2026-11-21' || ''"), 'all');
});

test('joins, sub-queries and aliases keep their own conditions', () => {
  const sql = `SELECT * FROM orders o JOIN "shop".order_items AS i ON i.id = o.id
    WHERE o.dt = '2026-11-20' AND EXISTS (SELECT 1 FROM customers c WHERE c.dt = '2026-11-22')`;
  assert.deepEqual(days(sql), ['2026-11-20']);
  assert.equal(days(sql, 'order_items'), 'all');
  assert.deepEqual(days(sql, 'customers'), ['2026-11-22']);
});

test('an IO plan of Trino names tables and the ranges of their columns', () => {
  const plan = parseIoPlan(
    JSON.stringify({
      inputTableColumnInfos: [
        {
          table: { catalog: 'awsdatacatalog', schemaTable: { schema: 'shop', table: 'orders' } },
          constraint: {
            none: false,
            columnConstraints: [
              {
                columnName: 'dt',
                type: 'varchar',
                domain: {
                  nullsAllowed: false,
                  ranges: [
                    {
                      low: { value: '2026-11-21', bound: 'EXACTLY' },
                      high: { value: '2026-11-22', bound: 'BELOW' },
                    },
                  ],
                },
              },
            ],
          },
        },
      ],
    }),
  );
  assert.equal(plan?.[0]?.table, 'orders');
  assert.deepEqual(DAYS.filter(plan?.[0]?.limits.dt ?? (() => true)), ['2026-11-21']);
  assert.equal(parseIoPlan('Fragment 0'), undefined);
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { planStatement } from '../../src/athena/plan-statement.ts';
import { explainRaised } from '../../src/athena/raised.ts';
import { readStatement } from '../../src/athena/statement-needs.ts';
import { Failure } from '../../src/std/failure.ts';
import { openSampleLake } from './sample-lake.ts';

/** SQL that must be refused, and what the refusal says of why and where. */
const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['SELEKT 1', /line 1, column 1: found 'SELEKT'/],
  ['SELECT order_id,\n FROM orders', /line 2, column 2: found 'FROM'/],
  ['SELECT order_id::int FROM orders', /line 1, column 16: found ':'/],
  ['SELECT * EXCLUDE (total) FROM orders', /line 1, column 10/],
  ['FROM orders', /found 'FROM' where a statement belongs/],
  ['SELECT order_id FROM orders LIMIT 1 OFFSET 2', /found 'OFFSET'/],
  ['SELECT [1, 2]', /found '\['/],
  ['SELECT `order_id` FROM orders', /backquoted identifiers/],
  [
    "SELECT * FROM orders WHERE order_id = '1'",
    /line 1, column 37: Cannot apply operator: bigint = varchar\(1\)/,
  ],
  ["SELECT 1 = '1'", /Cannot apply operator: integer = varchar\(1\)/],
  [
    "SELECT count(*)\nFROM orders\nWHERE created_at >= '2024-02-01'",
    /line 3, column 18: Cannot apply operator: timestamp\(3\) >= varchar\(10\)/,
  ],
  ["SELECT day > '2024-01-01' FROM facts", /Cannot apply operator: date > varchar\(10\)/],
  ['SELECT status AS s, count(*) FROM orders GROUP BY s', /column 51: Column 's' cannot be resolved/],
  ['SELECT status, count(*) FROM orders GROUP BY ALL', /found/],
  ['SELECT total AS t FROM orders WHERE t > 1', /Column 't' cannot be resolved/],
  ['SELECT status, sum(total) FROM orders', /'status' must be an aggregate expression or appear in GROUP BY/],
  ["SELECT 1 FROM orders HAVING status = 'paid'", /must be an aggregate expression/],
  ['SELECT sum(total) FROM orders WHERE sum(total) > 1', /WHERE clause cannot contain aggregations/],
  ['SELECT sum(sum(total)) FROM orders', /Cannot nest aggregations/],
  ['SELECT nope(1)', /not supported in local: the function nope/],
  ['SELECT list_sort(ARRAY[1])', /not supported in local: the function list_sort/],
  ["SELECT strftime(created_at, '%Y') FROM orders", /not supported in local: the function strftime/],
  ['SELECT length(5)', /Unexpected parameters \(integer\) for function length/],
  ["SELECT CASE WHEN true THEN 'a' ELSE 1 END", /CASE results must be the same type/],
  ["SELECT 1 UNION SELECT 'a'", /UNION query has incompatible types/],
  ['SELECT 1 UNION SELECT 1, 2', /different number of fields/],
  ['SELECT DISTINCT status FROM orders ORDER BY total', /ORDER BY expressions must appear in select list/],
  ['SELECT * FROM nowhere', /Table 'awsdatacatalog.shop.nowhere' does not exist/],
  ['SELECT "paid" FROM orders', /a text is written in single quotes/],
  ["SELECT DATE '2024-02-30'", /not a valid DATE literal/],
  [
    'SELECT order_id FROM orders o JOIN customers c ON o.customer_id = c.customer_id GROUP BY customer_id',
    /ambiguous/,
  ],
  [
    "SELECT regexp_like(status, '(?>x)') FROM orders",
    /not supported in local: an atomic group in a pattern, at line 1/,
  ],
  ["SELECT date_format(created_at, '%D') FROM orders", /%D is not supported/],
  ['SELECT * FROM orders FOR TIMESTAMP AS OF current_timestamp', /not supported in local: time travel/],
  ['SELECT 1; SELECT 2', /only one statement at a time/],
  ["SELECT json_value('{}', 'lax $.a.abs()')", /not supported in local: the JSON path 'lax \$\.a\.abs\(\)'/],
  ["SELECT json_value('{}', 'lax $.a' RETURNING date)", /not supported in local: json_value RETURNING date/],
  ['SELECT counts, count(*) FROM facts GROUP BY counts', /not supported in local: GROUP BY a map/],
  ["SELECT TIMESTAMP '2024-03-10 02:30:00 America/New_York'", /is not a valid TIMESTAMP literal/],
  [
    'SELECT count(*) OVER (ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM orders',
    /Window frame starting from CURRENT ROW cannot end with PRECEDING/,
  ],
  ["SELECT CAST('a' AS char(3))", /not supported in local: the cast of varchar\(1\) to char\(3\)/],
  ["SELECT 'a' LIKE 'a!b' ESCAPE '!'", /Escape character must be followed by/],
  ['SELECT ? + 1', /Incorrect number of parameters/],
];

test('what Athena refuses is refused, with the place', async (context) => {
  await using lake = await openSampleLake();
  for (const [sql, why] of REFUSED) {
    await context.test(sql, () => {
      assert.throws(
        () => planStatement(readStatement(sql, 'shop'), { catalog: lake.catalog }),
        (error: unknown) => {
          assert.ok(error instanceof Failure, String(error));
          assert.match(error.message, why);
          assert.ok(error.nextSteps.length > 0);
          return true;
        },
      );
    });
  }
});

/** SQL that fails while it runs, in the words that the operator gets. */
const FAILED: readonly (readonly [string, string, RegExp])[] = [
  ['SELECT order_id / (order_id - 1) FROM orders', 'query-failed', /^The query failed: Division by zero$/],
  [
    'SELECT max_by(v, k, 2) FROM (VALUES (1, 1), (NULL, 2)) AS t (v, k)',
    'query-not-supported-local',
    /^not supported in local: a number of values of which some are NULL$/,
  ],
  [
    'SELECT numbers FROM facts ORDER BY numbers',
    'query-not-supported-local',
    /^not supported in local: the order of values of type array with NULL inside$/,
  ],
];

test("an error while a query runs is in Athena's words and shows no generated SQL", async (context) => {
  await using lake = await openSampleLake();
  for (const [text, code, why] of FAILED) {
    await context.test(text, async () => {
      const plan = planStatement(readStatement(text, 'shop'), { catalog: lake.catalog });
      const sql =
        plan.kind === 'select' ? plan.duckdbSql : assert.fail('a query was planned as something else');
      const said = await lake.connection.runAndReadAll(sql).then(
        () => 'no error',
        (error: Error) => error.message,
      );
      const failure = explainRaised(said, undefined);
      assert.match(failure.message, why);
      assert.equal(failure.code, code);
    });
  }
});

test('NaN beside NULL is unknown, and otherwise differs from everything', async () => {
  await using lake = await openSampleLake();
  const sql = `SELECT x = y, x <> y, x < y, x >= y
    FROM (VALUES (nan(), CAST(NULL AS double)), (nan(), nan()), (nan(), 1e0), (2e0, 1e0)) AS t (x, y)`;
  const plan = planStatement(readStatement(sql, 'shop'), { catalog: lake.catalog });
  const planned =
    plan.kind === 'select' ? plan.duckdbSql : assert.fail('a query was planned as something else');
  const rows = (await lake.connection.runAndReadAll(planned)).getRows();
  assert.deepEqual(rows, [
    [null, null, null, null],
    [false, true, false, false],
    [false, true, false, false],
    [false, true, false, true],
  ]);
});

import assert from 'node:assert/strict';
import test from 'node:test';
import type { LakeContract } from '../../src/lake/contract.ts';
import { checkProblems, lintTable, transformProblems } from '../../src/lake/lint.ts';
import { readLakeTables } from '../../src/operations/read-lake-tables.ts';
import { analystTables } from '../support/analyst-tables.ts';

const contract: LakeContract = {
  table: 't',
  description: '',
  format: 'parquet',
  load: 'day',
  partitionKey: { name: 'dt', type: 'date' },
  keys: ['a'],
  columns: [
    { name: 'a', type: 'bigint', nullable: false },
    { name: 'b', type: 'decimal(18,2)', nullable: true },
  ],
  sums: [],
  checks: [],
};
const KNOWN = ['src_o', 'src_i', 'run_params'];

/** A transform whose second column is the expression under test. */
function withExpression(expression: string, type = 'DECIMAL(18,2)', rest = ''): string {
  return `SELECT CAST(o.id AS BIGINT) AS a, CAST(${expression} AS ${type}) AS b FROM src_o o ${rest}`;
}

function problems(sql: string): string {
  return transformProblems(sql, contract, KNOWN).join(' ');
}

test('the tables that ship are within the safe subset', async () => {
  const tables = await readLakeTables();
  assert.deepEqual(tables.map(({ contract: { table } }) => table).sort(), [
    'customers',
    'daily_sales',
    'order_items',
    'orders',
    'products',
  ]);
});

test('what the subset is for passes', () => {
  const good = `-- a comment with 'quotes' and AVG(x)
    WITH kept AS (
      SELECT o.id, CAST(o.created_at + INTERVAL '9' HOUR AS DATE) AS jst, o.amount,
             ROW_NUMBER() OVER (PARTITION BY o.customer_id ORDER BY o.id DESC NULLS LAST, o.at_utc ASC NULLS FIRST) AS nth
      FROM src_o o CROSS JOIN run_params p
      WHERE o.status NOT IN ('a', 'b') AND o.note IS NOT NULL AND EXTRACT(YEAR FROM o.created_at) > 2000
        AND EXISTS (SELECT i.id FROM src_i i WHERE i.order_id = o.id)
    )
    SELECT CAST(k.id AS BIGINT) AS a,
           CAST(SUM(CAST(i.quantity AS DECIMAL(20,0)) * i.price) AS DECIMAL(18,2)) AS b
    FROM kept k JOIN src_i i ON i.order_id = k.id
    WHERE CAST(k.amount AS DOUBLE) / CAST(NULLIF(i.quantity, 0) AS DOUBLE) > 1 OR k.nth = 1
    GROUP BY k.id
    HAVING COUNT(*) > 0 AND SUBSTRING(MAX(i.sku), 1, 3) <> 'abc'`;
  assert.equal(problems(good), '');
});

test('questions of analysts pass, LIKE among them', () => {
  const tables = analystTables();
  const sources = ['src_orders', 'src_order_items', 'src_customers', 'src_products', 'run_params'];
  for (const { contract: one, transform } of tables)
    assert.deepEqual(transformProblems(transform, one, sources), [], one.table);
});

/** One bad example per difference between the engines. */
const BAD: readonly (readonly [name: string, sql: string, says: RegExp])[] = [
  ['DuckDB parameters', withExpression('$d'), /\$/],
  ['Spark parameters', withExpression(':d'), /`:`/],
  ['DATE + INTERVAL without a CAST', withExpression("o.d + INTERVAL '1' DAY", 'BIGINT'), /CAST\(… AS DATE\)/],
  ['an unquoted interval', withExpression('CAST(o.d + INTERVAL 1 DAY AS DATE)'), /quoted whole number/],
  ['a plural interval', withExpression("CAST(o.d + INTERVAL '1' DAYS AS DATE)"), /singular unit/],
  ['date_trunc', withExpression("CAST(DATE_TRUNC('month', o.d) AS DATE)"), /DATE_TRUNC/],
  ['date_add', withExpression('date_add(o.d, 1)'), /DATE_ADD/],
  ['datediff', withExpression('DateDiff(o.d, o.e)'), /DATEDIFF/],
  ['to_date', withExpression('to_date(o.d)'), /TO_DATE/],
  ['date_format', withExpression("date_format(o.d, 'x')"), /DATE_FORMAT/],
  ['trunc', withExpression("trunc(o.d, 'MM')"), /TRUNC/],
  ['months_between', withExpression('months_between(o.d, o.e)'), /MONTHS_BETWEEN/],
  ['unix_timestamp', withExpression('unix_timestamp(o.d)'), /UNIX_TIMESTAMP/],
  ['day of the week', withExpression('EXTRACT(DOW FROM o.d)'), /DOW/],
  ['dayofweek', withExpression('dayofweek(o.d)'), /DAYOFWEEK/],
  ['fractional seconds', withExpression('EXTRACT(SECOND FROM o.d)'), /EXTRACT/],
  ['AT TIME ZONE', withExpression("o.d AT TIME ZONE 'Asia/Tokyo'"), /AT: write the zone/],
  ['timezone()', withExpression("timezone('Asia/Tokyo', o.d)"), /TIMEZONE/],
  ['from_utc_timestamp', withExpression("from_utc_timestamp(o.d, 'Asia/Tokyo')"), /FROM_UTC_TIMESTAMP/],
  ['division of decimals', withExpression('o.x / o.y'), /NULLIF/],
  [
    'division by what may be zero',
    withExpression('CAST(o.x AS DOUBLE) / CAST(o.y AS DOUBLE)', 'DOUBLE'),
    /NULLIF/,
  ],
  ['a product of narrow decimals', withExpression('o.price * o.quantity'), /widen/],
  ['a product of three, all narrow', withExpression('o.price * (1 - o.discount) * o.quantity'), /widen/],
  [
    'a product whose wide factor belongs to a sum before it',
    withExpression('CAST(o.price AS DECIMAL(20,2)) + o.tax * o.quantity'),
    /widen/,
  ],
  ['an average', withExpression('AVG(o.x)'), /AVG/],
  ['DOUBLE to DECIMAL', withExpression('CAST(o.x AS DOUBLE)'), /DOUBLE rounds/],
  [
    'DOUBLE to BIGINT',
    `SELECT CAST(CAST(o.x AS DOUBLE) AS BIGINT) AS a, CAST(o.b AS DECIMAL(18,2)) AS b FROM src_o o`,
    /DOUBLE rounds/,
  ],
  ['whole division //', withExpression('o.x // o.y'), /`\/\/`/],
  ['whole division div', withExpression('o.x div o.y'), /DIV/],
  ['an order that says nothing of NULLs', withExpression('ROW_NUMBER() OVER (ORDER BY o.id)'), /NULLS/],
  [
    'NULLs where MySQL does not have them',
    withExpression('ROW_NUMBER() OVER (ORDER BY o.id ASC NULLS LAST)'),
    /NULLS/,
  ],
  [
    'ORDER BY at the top',
    withExpression('o.x', undefined, 'ORDER BY o.id ASC NULLS FIRST'),
    /outside a window/,
  ],
  ['concat', withExpression("concat(o.x, 'b')"), /CONCAT/],
  ['a doubled quote', withExpression("CASE WHEN o.x = 'it''s' THEN 1 ELSE 0 END"), /quotes or backslashes/],
  ['a backslash', withExpression("CASE WHEN o.x = 'a\\n' THEN 1 ELSE 0 END"), /quotes or backslashes/],
  ['texts side by side', withExpression("CASE WHEN o.x = 'a' 'b' THEN 1 ELSE 0 END"), /side by side/],
  ['an escaped wildcard', withExpression("CASE WHEN o.x LIKE 'a!_b' ESCAPE '!' THEN 1 ELSE 0 END"), /ESCAPE/],
  [
    'LIKE with a pattern from a column',
    withExpression('CASE WHEN o.x LIKE o.y THEN 1 ELSE 0 END'),
    /written out/,
  ],
  ['a remainder by what may be 0', withExpression('o.a % o.b', 'BIGINT'), /NULLIF\(b, 0\)/],
  ['a remainder by 0', withExpression('o.a % 0', 'BIGINT'), /not 0/],
  [
    'a name that MySQL keeps',
    withExpression('1', 'DECIMAL(18,2)').replace('AS b', 'AS rank'),
    /keeps for itself/,
  ],
  [
    'a WITH that MySQL keeps',
    'WITH lines AS (SELECT o.id FROM src_o o) SELECT 1 FROM lines',
    /`lines` is a word/,
  ],
  ['two columns in COUNT', withExpression('COUNT(DISTINCT o.a, o.b)', 'BIGINT'), /count one column/],
  [
    'a default for LAG',
    withExpression('LAG(o.a, 1, 0) OVER (ORDER BY o.id ASC NULLS FIRST)', 'BIGINT'),
    /COALESCE around LAG/,
  ],
  ['a sum of truths', withExpression('SUM(o.a > 0)', 'BIGINT'), /SUM\(CASE WHEN/],
  ['truth as text', withExpression('o.a > 0', 'STRING'), /truths differently/],
  ['a time as text', withExpression('CAST(o.a AS TIMESTAMP)', 'STRING'), /times and truths/],
  [
    'a DOUBLE that is the value of a CASE',
    withExpression('CASE WHEN o.a > 0 THEN CAST(o.b AS DOUBLE) ELSE 0 END'),
    /rounds differently/,
  ],
  ['ILIKE', withExpression("CASE WHEN o.x ILIKE 'a%' THEN 1 ELSE 0 END"), /ILIKE/],
  ['names in double quotes', withExpression('o."x"'), /quoted names/],
  ['names in backticks', withExpression('o.`x`'), /quoted names/],
  ['letters beyond ASCII', withExpression('UPPER(o.status)'), /beyond ASCII/],
  ['blanks that are no spaces', withExpression('TRIM(o.status)'), /every kind of blank/],
  ['names in upper case', withExpression('o.Amount'), /plain lower case/],
  ['substring from 0', withExpression('SUBSTRING(o.x, 0, 2)'), /start at a literal 1/],
  ['substring from the end', withExpression('SUBSTRING(o.x, -1, 2)'), /start at a literal 1/],
  ['round', withExpression('round(o.x, 2)'), /ROUND/],
  ['greatest', withExpression('greatest(o.x, o.y)'), /GREATEST/],
  ['QUALIFY', withExpression('o.x', undefined, 'QUALIFY o.x = 1'), /QUALIFY/],
  ['GROUP BY ALL', withExpression('SUM(o.x)', undefined, 'GROUP BY ALL'), /qualified columns/],
  ['GROUP BY an alias', withExpression('SUM(o.x)', undefined, 'GROUP BY a'), /qualified columns/],
  ['GROUP BY an ordinal', withExpression('SUM(o.x)', undefined, 'GROUP BY 1'), /qualified columns/],
  ['all columns', 'SELECT * FROM src_o o', /list the columns/],
  ['all columns of a table', 'SELECT o.* FROM src_o o', /list the columns/],
  ['EXCLUDE', 'SELECT * EXCLUDE (c) FROM src_o o', /EXCLUDE/],
  ['SEMI JOIN', withExpression('o.x', undefined, 'SEMI JOIN src_i i ON i.id = o.id'), /SEMI/],
  ['USING', withExpression('o.x', undefined, 'JOIN src_i i USING (id)'), /USING/],
  ['FILTER', withExpression('SUM(o.x) FILTER (WHERE o.y > 1)'), /FILTER/],
  ['a cast with ::', withExpression('o.x::DATE'), /`::`/],
  ['a list', withExpression('[1, 2]'), /`\[`/],
  ['a lambda', withExpression('transform(o.x, y -> y)'), /`->`/],
  ['string_agg', withExpression("string_agg(o.x, 'a')"), /STRING_AGG/],
  ['collect_list', withExpression('collect_list(o.x)'), /COLLECT_LIST/],
  ['PIVOT', 'PIVOT src_o ON status', /PIVOT/],
  ['regular expressions', withExpression("regexp_matches(o.x, 'a')"), /REGEXP_MATCHES/],
  ['hash', withExpression('hash(o.x)'), /HASH/],
  ['sha2', withExpression('sha2(o.x, 256)'), /SHA2/],
  ['any_value', withExpression('any_value(o.x)'), /ANY_VALUE/],
  ['first()', withExpression('first(o.x)'), /FIRST/],
  ['approximations', withExpression('approx_count_distinct(o.x)'), /APPROX/],
  ['stddev', withExpression('stddev(o.x)'), /STDDEV/],
  ['the clock', withExpression('CURRENT_DATE'), /run_params/],
  ['now()', withExpression('now()'), /run_params/],
  ['comparing 1 with a text', withExpression("CASE WHEN 1 = '1' THEN 1 ELSE 0 END"), /one type/],
  ['UNION', `${withExpression('o.x')} UNION ${withExpression('o.y')}`, /UNION ALL/],
  [
    'IS DISTINCT FROM',
    withExpression('CASE WHEN o.x IS DISTINCT FROM o.y THEN 1 ELSE 0 END'),
    /IS DISTINCT FROM/,
  ],
  ['an unknown function', withExpression('levenshtein(o.x, o.y)'), /LEVENSHTEIN/],
  ['a function hidden by a comment', withExpression('sha2/* ( */(o.x, 256)'), /SHA2/],
  ['an unknown type', withExpression('CAST(o.x AS HUGEINT)'), /HUGEINT/],
  ['a decimal without its size', withExpression('CAST(o.x AS DECIMAL)'), /DECIMAL/],
  ['a recursion', `WITH RECURSIVE r AS (SELECT o.id FROM src_o o) ${withExpression('o.x')}`, /RECURSIVE/],
  ['two statements', `${withExpression('o.x')}; DROP TABLE src_o`, /`;`/],
  ['a statement that writes', 'DELETE FROM src_o', /DELETE/],
  [
    'a table nobody shows',
    'SELECT CAST(o.id AS BIGINT) AS a, CAST(o.x AS DECIMAL(18,2)) AS b FROM orders o',
    /no table `orders`/,
  ],
  [
    'a typed literal',
    withExpression("CASE WHEN o.d > DATE '2026-01-01' THEN 1 ELSE 0 END"),
    /CAST\('2026-01-01' AS DATE\)/,
  ],
  [
    'an output without a CAST',
    'SELECT CAST(o.id AS BIGINT) AS a, o.b AS b FROM src_o o',
    /column 2 must be CAST/,
  ],
  ['an output of another type', withExpression('o.x', 'DECIMAL(12,2)'), /AS DECIMAL\(18,2\)\) AS b/],
  [
    'outputs in another order',
    'SELECT CAST(o.b AS DECIMAL(18,2)) AS b, CAST(o.id AS BIGINT) AS a FROM src_o o',
    /column 1/,
  ],
  ['too few outputs', 'SELECT CAST(o.id AS BIGINT) AS a FROM src_o o', /column 2/],
];

for (const [name, sql, says] of BAD) {
  test(`refused: ${name}`, () => assert.match(problems(sql), says));
}

test('one wide factor is enough for all that stand behind it', () => {
  for (const product of [
    'CAST(o.price AS DECIMAL(20,2)) * (1 - o.discount) * (1 + o.tax)',
    'CAST(o.price AS DECIMAL(20,2)) * o.rate * COALESCE(o.tax, 0) * 1.1',
    'o.price * CAST(o.quantity AS BIGINT) * o.rate',
  ])
    assert.equal(problems(withExpression(product)), '', product);
});

test('comments, texts and case neither hide a word nor make one', () => {
  assert.match(problems(withExpression('aVg(o.x)')), /AVG/);
  assert.equal(
    problems(
      `/* AVG(x) */ ${withExpression("CASE WHEN o.x = 'avg(o.x); drop' THEN 1 ELSE 0 END")} -- ; now()`,
    ),
    '',
  );
  assert.match(problems(`${withExpression('o.x')} /* never closed`), /`\/\*` is not SQL/);
});

test('a problem names its line', () => {
  assert.match(
    problems('SELECT CAST(o.id AS BIGINT) AS a,\n  CAST(AVG(o.x) AS DECIMAL(18,2)) AS b\nFROM src_o o'),
    /^Line 2: AVG/,
  );
});

/** What the sources have, by table and column. */
function types(sources: Readonly<Record<string, Readonly<Record<string, string>>>>) {
  return new Map(Object.entries(sources).map(([name, columns]) => [name, new Map(Object.entries(columns))]));
}

test('a name that has two types is of the type of its table; where nothing tells the table, of either', () => {
  const names = types({
    src_o: { code: 'timestamp', at: 'bigint', share: 'decimal(14,2)' },
    src_i: { code: 'string', at: 'timestamp', share: 'bigint' },
  });
  const found = (sql: string): string => transformProblems(sql, contract, KNOWN, names).join(' ');
  const select = (expression: string, type: string, rest: string): string =>
    `SELECT CAST(1 AS BIGINT) AS a, CAST(${expression} AS ${type}) AS b ${rest}`;
  const both = 'FROM src_o AS o JOIN src_i i ON i.id = o.id';
  for (const expression of ['o.code', "'x' || o.code", 'i.at'])
    assert.match(found(select(expression, 'STRING', both)), /times and truths/, expression);
  for (const expression of ['i.code', "i.code || 'x'", 'o.at'])
    assert.doesNotMatch(found(select(expression, 'STRING', both)), /times and truths/, expression);
  assert.match(found(select('o.share', 'BIGINT', both)), /rounded or cut/);
  assert.doesNotMatch(found(select('i.share', 'BIGINT', both)), /rounded or cut/);
  // Through a subquery nobody can tell: only what no source that is read says is sure.
  const kept = 'FROM kept k';
  const through = (from: string): string =>
    `WITH kept AS (SELECT x.code, x.share FROM ${from} x) ${select('k.code', 'STRING', kept)}`;
  assert.match(found(through('src_o')), /times and truths/);
  assert.doesNotMatch(found(through('src_i')), /times and truths/);
  assert.match(found(select('src_o.code', 'STRING', 'FROM src_o')), /times and truths/);
  assert.match(found(select('code', 'STRING', 'FROM src_o')), /times and truths/);
});

test('columns whose name says that they are times are not made texts of, nor subtracted', () => {
  const names = types({ src_o: { created_at: 'timestamp', born: 'date', gone: 'boolean' } });
  const found = (expression: string, type: string): string =>
    transformProblems(withExpression(expression, type), contract, KNOWN, names).join(' ');
  for (const expression of ['o.created_at', 'created_at', "'x' || o.created_at", "o.gone || ''"])
    assert.match(found(expression, 'STRING'), /times and truths/, expression);
  for (const expression of ['o.created_at - o.born', 'born - born'])
    assert.match(found(expression, 'BIGINT'), /not subtracted alike/, expression);
  assert.doesNotMatch(found("CAST(o.created_at + INTERVAL '9' HOUR AS DATE)", 'STRING'), /times and truths/);
  assert.doesNotMatch(found("CAST(o.born - INTERVAL '1' DAY AS DATE)", 'DATE'), /subtracted/);
});

test('a decimal does not become a whole number by a CAST alone, also under a name the statement gave it', () => {
  const names = types({ src_o: { price: 'decimal(14,2)' }, src_i: { price: 'decimal(14,2)' } });
  const found = (expression: string, before = ''): string =>
    transformProblems(`${before}${withExpression(expression, 'BIGINT')}`, contract, KNOWN, names).join(' ');
  const bad = [
    'o.price',
    'SUM(o.price)',
    'CAST(o.id AS DECIMAL(10,2))',
    '1.5 + o.id',
    'COALESCE(o.price, 0)',
  ];
  for (const expression of bad) assert.match(found(expression), /rounded or cut/, expression);
  const good = [
    'CAST(o.price AS DECIMAL(20,0))',
    'COUNT(o.price)',
    'SUM(CASE WHEN o.price > 1.5 THEN 1 ELSE 0 END)',
    'SUM(o.id)',
  ];
  for (const expression of good) assert.doesNotMatch(found(expression), /rounded or cut/, expression);
  const defined = 'WITH sold AS (SELECT SUM(i.price) AS revenue, COUNT(*) AS sales FROM src_i i) ';
  assert.match(found('(SELECT MAX(s.revenue) FROM sold s)', defined), /rounded or cut/);
  assert.doesNotMatch(found('(SELECT MAX(s.sales) FROM sold s)', defined), /rounded or cut/);
});

test('a check may show what it likes, within the same words', () => {
  assert.deepEqual(checkProblems("SELECT o.id FROM orders o WHERE o.status LIKE 'x%'", ['orders']), []);
  assert.match(
    checkProblems('SELECT o.id FROM orders o ORDER BY o.id', ['orders']).join(),
    /outside a window/,
  );
});

test('a table with unportable SQL is refused with its file and line', () => {
  const table = { contract, transform: withExpression('AVG(o.x)'), checks: [] };
  assert.throws(() => lintTable(table, [table]), {
    code: 'lake-sql-not-portable',
    message: /t\/transform\.sql.*Line 1: AVG/,
  });
});

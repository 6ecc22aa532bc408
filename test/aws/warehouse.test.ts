// The Athena adapter through the real SDK against a stand-in server (test/support/athena-stand-in.ts), for what no
// emulator produces. What emulators do produce is in emulators.test.ts.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ResultCsv, type TextRow } from '../../src/athena/result-csv.ts';
import { openAwsQueryHistory } from '../../src/aws/query-history.ts';
import { openAwsWarehouse } from '../../src/aws/warehouse.ts';
import type { QueryEvent, QueryRequest, QueryResult, Value } from '../../src/platform/warehouse.ts';
import { type AthenaHandler, type StandInInput, startAthenaStandIn } from '../support/athena-stand-in.ts';
import { noParquet, openTestClients } from '../support/aws-environment.ts';
import { csvOf, ended, manyRows, pageOf, succeeded, type Told } from './result-pieces.ts';

const start: AthenaHandler = () => ({ QueryExecutionId: 'q1' });

async function openStandIn(input: Partial<StandInInput> & { readonly told?: Told }) {
  const told = input.told ?? manyRows(3);
  const standIn = await startAthenaStandIn({
    objects: { '/results/q1.csv': csvOf(told) },
    ...input,
    athena: {
      StartQueryExecution: start,
      GetQueryExecution: () => succeeded(),
      GetQueryResults: ({ NextToken: token }) => pageOf(told, token),
      ...input.athena,
    },
  });
  const clients = openTestClients(standIn.endpoint);
  const settings = { clients, workgroup: 'test', resultLocation: undefined, now: () => Date.now() };
  const warehouse = openAwsWarehouse({ ...settings, parquet: noParquet });
  const run = (request: Partial<QueryRequest> = {}): Promise<QueryResult> =>
    warehouse.run({ sql: 'SELECT * FROM orders', database: 'shop', ...request });
  return {
    standIn,
    warehouse,
    run,
    history: openAwsQueryHistory(settings),
    async [Symbol.asyncDispose]() {
      await clients.close();
      await standIn[Symbol.asyncDispose]();
    },
  };
}

async function rowsOf(result: QueryResult): Promise<(readonly Value[])[]> {
  const rows: (readonly Value[])[] = [];
  for await (const batch of result.batches()) rows.push(...batch);
  return rows;
}

/** The rows of the CSV lines, read back. */
async function csvRowsOf(result: QueryResult): Promise<TextRow[]> {
  const csv = new ResultCsv();
  const rows: TextRow[] = [];
  for await (const bytes of result.csvLines?.() ?? []) rows.push(...csv.push(bytes));
  return [...rows, ...csv.end()];
}

/** For rows too big to be printed when they differ. */
const equalRows = (a: readonly TextRow[], b: readonly TextRow[]): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/** What rows of `manyRows` are as values. */
const valuesOf = ({ rows }: Told): Value[][] => rows.map(([id, ...rest]) => [Number(id), ...rest]);

test('a short result is done with the first page of the API, exact in value and type', async () => {
  const told: Told = {
    columns: [
      { name: 'n', type: 'bigint' },
      { name: 'n', type: 'bigint' },
      { name: 'd', type: 'decimal', precision: 12, scale: 2 },
      { name: 'ok', type: 'boolean' },
      { name: 'f', type: 'double' },
      { name: 'b', type: 'varbinary' },
      { name: 's', type: 'varchar', precision: 10 },
      { name: 'a', type: 'array' },
    ],
    rows: [
      ['1', '9223372036854775807', '12.30', 'true', 'NaN', '68 65', '', '[1, 2]'],
      [null, null, null, null, null, null, null, null],
    ],
  };
  await using one = await openStandIn({ told });
  const result = await one.run();
  assert.deepEqual(
    result.columns.map((column) => `${column.name} ${column.type}`),
    [
      'n bigint',
      'n bigint',
      'd decimal(12,2)',
      'ok boolean',
      'f double',
      'b varbinary',
      's varchar(10)',
      'a array',
    ],
  );
  const [first, second] = await rowsOf(result);
  assert.deepEqual(first, [
    1,
    9223372036854775807n,
    '12.30',
    true,
    Number.NaN,
    new Uint8Array([0x68, 0x65]),
    '',
    '[1, 2]',
  ]);
  assert.deepEqual(
    second,
    Array.from({ length: 8 }, () => null),
  );
  const stats = result.stats();
  assert.equal(stats.fetchPath, 'api');
  assert.equal(stats.rows, 2);
  assert.deepEqual([stats.queuedMs, stats.planningMs, stats.executionMs], [110, 90, 800]);
  assert.equal(stats.priceUsd?.toFixed(8), ((24 * 1024 ** 2 * 5) / 1024 ** 4).toFixed(8));
});

test('a long result comes from its file, with the same rows as through the API', async () => {
  const told = manyRows(2_500);
  await using one = await openStandIn({ told });
  const result = await one.run();
  assert.deepEqual(await rowsOf(result), valuesOf(told));
  assert.equal(result.stats().fetchPath, 's3');
  assert.equal(one.standIn.inputsOf('GetQueryResults').length, 1);
  const paged = await one.run({ fetch: 'api' });
  assert.deepEqual(await rowsOf(paged), valuesOf(told));
  assert.equal(paged.stats().fetchPath, 'api');
});

test('the CSV lines are the same from the file and through the API', async () => {
  const told = manyRows(1_200);
  await using one = await openStandIn({ told });
  const fromFile = await one.run();
  const throughApi = await one.run({ fetch: 'api' });
  assert.deepEqual(await csvRowsOf(fromFile), told.rows);
  assert.deepEqual(await csvRowsOf(throughApi), told.rows);
  assert.equal(fromFile.stats().rows, 1_200);
  assert.equal(throughApi.stats().rows, 1_200);
});

test('a file of many ranges comes in order, every range on the condition that the file is the same', async () => {
  const told: Told = {
    columns: [{ name: 'v', type: 'varchar' }],
    rows: Array.from({ length: 2_000 }, (_, index) => [`${index}:${'x'.repeat(13_000)}`]),
  };
  const conditions: (string | undefined)[] = [];
  await using one = await openStandIn({
    told,
    onObject: ({ ifMatch, range }) => {
      if (range?.from !== 0) conditions.push(ifMatch);
      return {};
    },
  });
  const rows = await rowsOf(await one.run({ fetch: 's3' }));
  assert.equal(rows.length, 2_000);
  assert.ok(rows.every(([value], index) => String(value).startsWith(`${index}:`)));
  assert.equal(conditions.length, 6);
  assert.deepEqual([...new Set(conditions)], ['"first"']);
});

for (const [status, code] of [
  [403, 'AccessDenied'],
  [404, 'NoSuchKey'],
  [400, 'KMS.DisabledException'],
] as const) {
  test(`a file that may not be read (${status} ${code}) is read through the API instead`, async () => {
    const told = manyRows(2_100);
    await using one = await openStandIn({ told, onObject: () => ({ status, code }) });
    const result = await one.run();
    assert.deepEqual(await rowsOf(result), valuesOf(told));
    assert.equal(result.stats().fetchPath, 'api');
  });
}

test('403 in mid-stream: the API goes on, no row is lost and none comes twice', async () => {
  const told: Told = {
    columns: manyRows(1).columns,
    rows: manyRows(4_000).rows.map(([id, word, note]) => [
      id ?? '',
      word ?? null,
      `${note}${'y'.repeat(4_000)}`,
    ]),
  };
  const onObject: StandInInput['onObject'] = ({ range }) =>
    range?.from === 0 ? {} : { status: 403, code: 'AccessDenied' };
  await using one = await openStandIn({ told, onObject });
  const result = await one.run();
  assert.ok(JSON.stringify(await rowsOf(result)) === JSON.stringify(valuesOf(told)));
  assert.equal(result.stats().fetchPath, 's3, then api');
  await using other = await openStandIn({ told, onObject });
  const broken = await other.run();
  assert.ok(equalRows(await csvRowsOf(broken), told.rows));
  assert.equal(broken.stats().rows, 4_000);
});

test('a connection that is cut after some bytes is taken up at that byte', async () => {
  const told = manyRows(3_000);
  await using one = await openStandIn({
    told,
    onObject: ({ count }) => (count <= 2 ? { cutAfter: 10_001 * count } : {}),
  });
  const result = await one.run({ fetch: 's3' });
  assert.deepEqual(await rowsOf(result), valuesOf(told));
  const ranges = one.standIn.calls.filter((call) => call.startsWith('GET'));
  assert.equal(ranges.length, 3);
  assert.match(ranges[1] ?? '', /bytes=10001-/);
});

test('a file that is replaced while it is read ends in a failure, never in a mix of two', async () => {
  const told = manyRows(3_000);
  await using one = await openStandIn({
    told,
    onObject: ({ count }) => (count === 1 ? { cutAfter: 5_000 } : { etag: '"second"' }),
  });
  const result = await one.run();
  await assert.rejects(rowsOf(result), { code: 'result-changed' });
});

test('--fetch s3 says why it cannot be done', async () => {
  await using one = await openStandIn({
    told: manyRows(2_000),
    onObject: () => ({ status: 403, code: 'AccessDenied' }),
  });
  await assert.rejects(one.run({ fetch: 's3' }), { code: 'no-result-file', message: /AccessDenied/ });
});

test('results that Athena keeps itself are paged, and no file is asked for', async () => {
  const told = manyRows(2_300);
  await using one = await openStandIn({
    told,
    athena: {
      GetQueryExecution: () => succeeded('q1', { ManagedQueryResultsConfiguration: { Enabled: true } }),
    },
  });
  assert.deepEqual(await rowsOf(await one.run()), valuesOf(told));
  assert.deepEqual(
    one.standIn.calls.filter((call) => call.startsWith('GET')),
    [],
  );
});

test('SHOW has no header row: a table named like the column is kept; EXPLAIN has one', async () => {
  const told: Told = { columns: [{ name: 'tab_name', type: 'string' }], rows: [['tab_name'], ['orders']] };
  const utility = succeeded('q1', {
    StatementType: 'UTILITY',
    SubstatementType: 'SHOW_TABLES',
    ResultConfiguration: { OutputLocation: 's3://results/q1.txt' },
  });
  await using one = await openStandIn({
    told,
    athena: {
      GetQueryExecution: () => utility,
      GetQueryResults: () => pageOf(told, undefined, { header: false }),
    },
  });
  const shown = await one.run({ sql: 'SHOW TABLES' });
  assert.deepEqual(await rowsOf(shown), [['tab_name'], ['orders']]);
  assert.equal(shown.stats().priceUsd, 0);
  const plan: Told = { columns: [{ name: 'Query Plan', type: 'varchar' }], rows: [['Fragment 0']] };
  await using two = await openStandIn({
    told: plan,
    athena: {
      GetQueryExecution: () => succeeded('q1', { StatementType: 'UTILITY', SubstatementType: 'EXPLAIN' }),
    },
  });
  assert.deepEqual(await rowsOf(await two.run({ sql: 'EXPLAIN SELECT 1' })), [['Fragment 0']]);
});

test('DDL answers nothing at all: no columns, no rows, no file', async () => {
  await using one = await openStandIn({
    athena: {
      GetQueryExecution: () => succeeded('q1', { StatementType: 'DDL', SubstatementType: 'CREATE_TABLE' }),
      GetQueryResults: () => ({
        UpdateCount: 0,
        ResultSet: { Rows: [], ResultSetMetadata: { ColumnInfo: [] } },
      }),
    },
  });
  const result = await one.run({ sql: 'CREATE TABLE t (a int)' });
  assert.deepEqual(result.columns, []);
  assert.deepEqual(await rowsOf(result), []);
});

test('an empty result has its columns and no row', async () => {
  const told: Told = { columns: manyRows(1).columns, rows: [] };
  await using one = await openStandIn({ told });
  const result = await one.run();
  assert.equal(result.columns.length, 3);
  assert.deepEqual(await rowsOf(result), []);
});

test('1,000 columns, a value of 50 MB and bytes that are not UTF-8 arrive', async () => {
  const wide: Told = {
    columns: Array.from({ length: 1_000 }, (_, index) => ({ name: `c${index}`, type: 'integer' })),
    rows: Array.from({ length: 1_500 }, () => Array.from({ length: 1_000 }, (_, index) => String(index))),
  };
  await using one = await openStandIn({ told: wide });
  const rows = await rowsOf(await one.run());
  assert.equal(rows.length, 1_500);
  assert.deepEqual(
    rows[1_499],
    Array.from({ length: 1_000 }, (_, index) => index),
  );

  const bytes = Buffer.concat([
    Buffer.from('"v"\n"'),
    Buffer.alloc(50_000_000, 'z'),
    Buffer.from('"\n"'),
    Buffer.from([0xff]),
    Buffer.from('"\n'),
  ]);
  const big: Told = { columns: [{ name: 'v', type: 'varchar' }], rows: [] };
  await using two = await openStandIn({ told: big, objects: { '/results/q1.csv': bytes } });
  const [long, wrong] = await rowsOf(await two.run({ fetch: 's3' }));
  assert.equal(String(long?.[0]).length, 50_000_000);
  assert.equal(wrong?.[0], '\ufffd');
});

test('the request carries token, workgroup, database, parameters and reuse, and no result location of its own', async () => {
  await using one = await openStandIn({});
  await one.run({ parameters: ["'2026-11-22'", '5'], reuseMinutes: 60 });
  const [sent] = one.standIn.inputsOf('StartQueryExecution');
  assert.match(String(sent?.ClientRequestToken), /^[\w-]{32,128}$/);
  assert.equal(sent?.WorkGroup, 'test');
  assert.deepEqual(sent?.QueryExecutionContext, { Database: 'shop', Catalog: 'AwsDataCatalog' });
  assert.deepEqual(sent?.ExecutionParameters, ["'2026-11-22'", '5']);
  assert.deepEqual(sent?.ResultReuseConfiguration, {
    ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: 60 },
  });
  assert.equal('ResultConfiguration' in (sent ?? {}), false);
});

test('a workgroup that enforces its settings decides where the result is, whatever was asked for', async () => {
  const told = manyRows(2_000);
  await using one = await openStandIn({ told });
  const result = await one.run({ resultLocation: 's3://mine/here/' });
  assert.deepEqual(await rowsOf(result), valuesOf(told));
  const [sent] = one.standIn.inputsOf('StartQueryExecution');
  assert.deepEqual(sent?.ResultConfiguration, { OutputLocation: 's3://mine/here/' });
  assert.ok(one.standIn.calls.some((call) => call.startsWith('GET /results/q1.csv')));
});

test('beside its file a result is asked for by a short page, and by whole pages where only the API is left', async () => {
  const told = manyRows(2_500);
  await using one = await openStandIn({ told });
  assert.deepEqual(await rowsOf(await one.run()), valuesOf(told));
  assert.deepEqual(await rowsOf(await one.run({ fetch: 'api' })), valuesOf(told));
  const asked = one.standIn.inputsOf('GetQueryResults').map((input) => input.MaxResults);
  assert.ok(Number(asked[0]) < 1000);
  assert.deepEqual([...new Set(asked.slice(1))], [1000]);
});

test('a start that is throttled, or lost on the way, is sent again with the same token', async () => {
  await using one = await openStandIn({
    athena: {
      StartQueryExecution: (input, count) =>
        count <= 2
          ? { $error: 'ThrottlingException', ...(count === 2 ? { $status: 503 } : {}) }
          : start(input, count),
    },
  });
  await rowsOf(await one.run());
  const tokens = one.standIn.inputsOf('StartQueryExecution').map((input) => input.ClientRequestToken);
  assert.equal(tokens.length, 3);
  assert.equal(new Set(tokens).size, 1);
});

test('polls that are throttled go on', async () => {
  await using one = await openStandIn({
    athena: {
      GetQueryExecution: (_, count) =>
        count <= 2
          ? ended('QUEUED')
          : count <= 4
            ? { $error: 'ThrottlingException' }
            : count === 5
              ? ended('RUNNING')
              : succeeded(),
    },
  });
  const events: QueryEvent[] = [];
  await rowsOf(await one.run({ notify: (event) => events.push(event) }));
  assert.deepEqual(
    events.map((event) => event.message),
    ['Started q1.', 'q1 is queued.', 'q1 is running.'],
  );
});

const categories = [
  { name: 'out of resources', type: 5, category: 1, code: 'query-too-big', kind: 'failed' },
  { name: 'a syntax error', type: 1006, category: 2, code: 'query-invalid', kind: 'failed' },
  { name: 'a missing table', type: 1110, category: 2, code: 'query-invalid', kind: 'failed' },
  { name: 'missing rights', type: 1501, category: 2, code: 'not-allowed', kind: 'denied' },
  { name: 'a throttled catalog', type: 1401, category: 3, code: 'query-throttled', kind: 'temporary' },
  { name: 'a fault inside', type: 9999, category: 1, code: 'query-failed', kind: 'temporary' },
  { name: 'something else', type: 2000, category: 3, code: 'query-failed', kind: 'failed' },
] as const;

for (const { name, type, category, code, kind } of categories) {
  test(`a query that fails in mid-poll through ${name} ends as ${code}, in Athena's words`, async () => {
    const status = {
      AthenaError: {
        ErrorCategory: category,
        ErrorType: type,
        Retryable: false,
        ErrorMessage: `words of ${name}`,
      },
    };
    await using one = await openStandIn({
      athena: { GetQueryExecution: (_, count) => (count === 1 ? ended('RUNNING') : ended('FAILED', status)) },
    });
    await assert.rejects(one.run(), { code, kind, message: new RegExp(`words of ${name}`) });
    assert.equal(one.standIn.inputsOf('StartQueryExecution').length, 1);
  });
}

test('a query that the workgroup cancels is a failure, and says that it is billed', async () => {
  await using one = await openStandIn({
    athena: {
      GetQueryExecution: () =>
        ended('CANCELLED', { StateChangeReason: 'Query cancelled! : Bytes scanned limit was exceeded' }),
    },
  });
  await assert.rejects(one.run(), {
    code: 'query-cancelled',
    message: /Bytes scanned limit was exceeded.*billed/,
  });
});

const retryable = {
  AthenaError: { ErrorCategory: 1, ErrorType: 9999, Retryable: true, ErrorMessage: 'try again' },
};

test('a read that fails retryably is started again, with a new token', async () => {
  await using one = await openStandIn({
    athena: { GetQueryExecution: (_, count) => (count === 1 ? ended('FAILED', retryable) : succeeded()) },
  });
  await rowsOf(await one.run());
  const tokens = one.standIn.inputsOf('StartQueryExecution').map((input) => input.ClientRequestToken);
  assert.equal(new Set(tokens).size, 2);
});

test('a write that fails retryably is not started again', async () => {
  await using one = await openStandIn({ athena: { GetQueryExecution: () => ended('FAILED', retryable) } });
  await assert.rejects(one.run({ sql: 'INSERT INTO t SELECT 1' }), { code: 'query-failed' });
  assert.equal(one.standIn.inputsOf('StartQueryExecution').length, 1);
});

test('a text that Athena refuses, and a workgroup without a place for results, are told apart', async () => {
  await using one = await openStandIn({
    athena: {
      StartQueryExecution: ({ QueryString: sql }) =>
        sql === 'SELEKT'
          ? { $error: 'InvalidRequestException', message: "line 1:1: mismatched input 'SELEKT'" }
          : { $error: 'InvalidRequestException', message: 'No output location provided.' },
    },
  });
  await assert.rejects(one.run({ sql: 'SELEKT' }), {
    code: 'query-invalid',
    message: /line 1:1: mismatched input/,
  });
  await assert.rejects(one.run(), { code: 'no-result-location', kind: 'configuration' });
});

test('an abort stops the query in Athena, waits for its end, and says what it cost', async () => {
  const controller = new AbortController();
  let stopped = false;
  await using one = await openStandIn({
    athena: {
      GetQueryExecution: (_, count) => {
        if (count === 2) controller.abort(new Error('the operator'));
        return stopped ? ended('CANCELLED') : ended('RUNNING');
      },
      StopQueryExecution: () => {
        stopped = true;
        return {};
      },
    },
  });
  const events: QueryEvent[] = [];
  await assert.rejects(
    one.run({ signal: controller.signal, notify: (event) => events.push(event) }),
    /the operator/,
  );
  assert.equal(one.standIn.inputsOf('StopQueryExecution')[0]?.QueryExecutionId, 'q1');
  assert.match(
    events.at(-1)?.message ?? '',
    /Stopped q1 in Athena: it is cancelled, scanned 25,000,000 bytes, and costs \$0\.0001/,
  );
});

test('missing rights name the action and end as denied; a server that is away as unreachable', async () => {
  await using one = await openStandIn({
    athena: {
      StartQueryExecution: () => ({
        $error: 'AccessDeniedException',
        message: 'not authorized to perform: athena:StartQueryExecution',
      }),
    },
  });
  await assert.rejects(one.run(), {
    code: 'not-allowed',
    kind: 'denied',
    message: /athena:StartQueryExecution/,
  });
  await using expired = await openStandIn({
    athena: { StartQueryExecution: () => ({ $error: 'ExpiredTokenException' }) },
  });
  // The keys are in the environment here, and no command signs those in again.
  const nextSteps = [
    'Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN anew, or unset them and sign in.',
  ];
  await assert.rejects(expired.run(), { code: 'not-signed-in', kind: 'denied', nextSteps });
});

test('an AWS that is away is unreachable, not a bug', async () => {
  const clients = openTestClients('http://127.0.0.1:1');
  const settings = { clients, workgroup: 'test', resultLocation: undefined, now: () => Date.now() };
  const warehouse = openAwsWarehouse({ ...settings, parquet: noParquet });
  await assert.rejects(warehouse.run({ sql: 'SELECT 1', database: 'shop' }), {
    code: 'aws-unreachable',
    kind: 'unreachable',
  });
});

test('a full queue is waited for, and said', async () => {
  const full = { $error: 'TooManyRequestsException', Reason: 'CONCURRENT_QUERY_LIMIT_EXCEEDED' };
  await using one = await openStandIn({
    athena: { StartQueryExecution: (input, count) => (count <= 4 ? full : start(input, count)) },
  });
  const events: QueryEvent[] = [];
  await rowsOf(await one.run({ notify: (event) => events.push(event) }));
  assert.equal(events[0]?.kind, 'waiting');
  assert.equal(
    new Set(one.standIn.inputsOf('StartQueryExecution').map((input) => input.ClientRequestToken)).size,
    1,
  );
});

test('the plan of a query says which partitions it reads, for free', async () => {
  const text = JSON.stringify(
    {
      inputTableColumnInfos: [
        {
          table: { schemaTable: { schema: 'shop', table: 'orders' } },
          constraint: {
            columnConstraints: [
              {
                columnName: 'dt',
                domain: {
                  ranges: [{ low: { value: 'a', bound: 'EXACTLY' }, high: { value: 'a', bound: 'EXACTLY' } }],
                },
              },
            ],
          },
        },
        { table: { schemaTable: { schema: 'shop', table: 'customers' } } },
      ],
    },
    undefined,
    2,
  );
  const told: Told = {
    columns: [{ name: 'Query Plan', type: 'varchar' }],
    rows: text.split('\n').map((line) => [line]),
  };
  await using one = await openStandIn({
    told,
    athena: {
      GetQueryExecution: () => succeeded('q1', { StatementType: 'UTILITY', SubstatementType: 'EXPLAIN' }),
    },
  });
  const plan = await one.warehouse.plan?.({ sql: 'SELECT * FROM orders;', database: 'shop' });
  assert.equal(
    one.standIn.inputsOf('StartQueryExecution')[0]?.QueryString,
    'EXPLAIN (TYPE IO, FORMAT JSON) SELECT * FROM orders',
  );
  assert.equal(plan?.reads[0]?.reads?.({ dt: 'a' }), true);
  assert.equal(plan?.reads[0]?.reads?.({ dt: 'b' }), false);
  assert.equal(plan?.reads[1]?.reads, undefined);
});

test('history asks for details by the batch, and results of an old query are read without running it', async () => {
  await using one = await openStandIn({
    athena: {
      ListQueryExecutions: ({ NextToken: token }) =>
        token === undefined
          ? { QueryExecutionIds: Array.from({ length: 50 }, (_, index) => `q${index}`), NextToken: 'more' }
          : { QueryExecutionIds: ['q50', 'q51'] },
      BatchGetQueryExecution: ({ QueryExecutionIds: ids }) => ({
        QueryExecutions: (ids as string[]).map(
          (id) => (succeeded(id) as { QueryExecution: object }).QueryExecution,
        ),
      }),
    },
  });
  assert.equal((await one.history.list(52)).length, 52);
  assert.equal(one.standIn.inputsOf('BatchGetQueryExecution').length, 2);
  const result = await one.history.results({ queryId: 'q1' });
  assert.equal((await rowsOf(result)).length, 3);
  assert.equal(one.standIn.inputsOf('StartQueryExecution').length, 0);
});

test('a queue that stays full is given up on, and the file of a result that is cut short is no result', async () => {
  const full = { $error: 'TooManyRequestsException', Reason: 'CONCURRENT_QUERY_LIMIT_EXCEEDED' };
  {
    await using one = await openStandIn({ athena: { StartQueryExecution: () => full } });
    let nowMs = 0;
    const settings = {
      clients: openTestClients(one.standIn.endpoint),
      workgroup: 'test',
      resultLocation: undefined,
    };
    const warehouse = openAwsWarehouse({ ...settings, now: () => (nowMs += 601_000), parquet: noParquet });
    await assert.rejects(warehouse.run({ sql: 'SELECT 1', database: 'shop' }), {
      code: 'queue-full',
      kind: 'temporary',
    });
    await settings.clients.close();
  }
  const told = manyRows(3);
  const whole = csvOf(told);
  const cut = whole.subarray(0, whole.lastIndexOf(0x22));
  await using one = await openStandIn({ told, objects: { '/results/q1.csv': cut } });
  await assert.rejects(one.run({ fetch: 's3' }).then(rowsOf), { code: 'result-damaged' });
});

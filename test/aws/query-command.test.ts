// `dp query` as a process in an AWS environment, against a stand-in for Athena and S3.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { type TestContext } from 'node:test';
import { type StandIn, type StandInInput, startAthenaStandIn } from '../support/athena-stand-in.ts';
import { awsVariables } from '../support/aws-environment.ts';
import { type DpEnd, runDp, startDp } from '../support/run-dp.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { csvOf, ended, manyRows, pageOf, succeeded, type Told } from './result-pieces.ts';

interface Opened {
  readonly standIn: StandIn;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  dp(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<DpEnd>;
}

async function open(
  t: TestContext,
  input: Partial<StandInInput> & { told?: Told; account?: string } = {},
): Promise<Opened> {
  const told = input.told ?? manyRows(3);
  const standIn = await startAthenaStandIn({
    objects: { '/results/q1.csv': csvOf(told) },
    ...input,
    athena: {
      StartQueryExecution: () => ({ QueryExecutionId: 'q1' }),
      GetQueryExecution: () => succeeded(),
      GetQueryResults: ({ NextToken: token }) => pageOf(told, token),
      ...input.athena,
    },
  });
  t.after(() => standIn[Symbol.asyncDispose]());
  const folder = await temporaryFolder(t);
  const account = input.account ?? '123456789012';
  await writeFile(
    join(folder, 'dp.config.json'),
    JSON.stringify({
      environments: { local: { kind: 'local' }, staging: { kind: 'aws', account } },
      defaultEnvironment: 'staging',
    }),
  );
  const env = awsVariables(standIn.endpoint);
  return { standIn, folder, env, dp: (args, more) => runDp(args, { cwd: folder, env: { ...env, ...more } }) };
}

test('rows go to stdout, and the footer says id, times, bytes, price, region and the way they came', async (t) => {
  const { dp, standIn } = await open(t);
  const { code, stdout, stderr } = await dp(['query', 'SELECT * FROM orders;']);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, 'id,word,note\n0,,"line one\nline ""two"", 0"\n1,"",plain\n2,語 2,plain\n');
  assert.match(
    stderr,
    /3 rows · queued 110 ms, planned 90 ms, ran 800 ms · scanned 25\.0 MB · \$0\.000114 in ap-northeast-1 · by api · q1/,
  );
  const [sent] = standIn.inputsOf('StartQueryExecution');
  assert.equal(sent?.QueryString, 'SELECT * FROM orders');
  assert.equal(sent?.WorkGroup, 'staging-data-pipeline-sample-workgroup');
  assert.deepEqual(sent?.QueryExecutionContext, {
    Catalog: 'AwsDataCatalog',
    Database: 'staging_data_pipeline_sample_lake',
  });
});

test('--json is columns, rows and stats in one object', async (t) => {
  const { dp } = await open(t);
  const { stdout, stderr, code } = await dp(['query', 'SELECT * FROM orders', '--json']);
  assert.equal(code, 0);
  assert.equal(stderr, '');
  const { columns, rows, stats } = JSON.parse(stdout);
  assert.deepEqual(columns[0], { name: 'id', type: 'bigint' });
  assert.deepEqual(rows[1], [1, '', 'plain']);
  assert.equal(stats.queryId, 'q1');
  assert.equal(stats.fetchPath, 'api');
});

test('a long result goes to a file from S3, whole or not at all', async (t) => {
  const told = manyRows(20_000);
  const { dp, folder } = await open(t, { told });
  const { code, stderr } = await dp(['query', 'SELECT * FROM orders', '--output', 'out.csv']);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /20,000 rows.*by s3/);
  const lines = await readFile(join(folder, 'out.csv'), 'utf8');
  assert.equal(lines.split('\n').filter((line) => /^"\d+",/.test(line)).length, 20_000);
});

test('data cannot drive the terminal: escapes are written out in tables and errors, and left alone in files', async (t) => {
  const evil = '\u001b]0;owned\u0007\u001b[31m\u202e';
  const told: Told = { columns: [{ name: 'v', type: 'varchar' }], rows: [[evil]] };
  const { dp } = await open(t, { told });
  const table = await dp(['query', 'SELECT v FROM t', '--format', 'table']);
  assert.doesNotMatch(table.stdout, /[\u001b\u0007\u202e]/);
  assert.match(table.stdout, /\\u001b\]0;owned/);
  assert.equal((await dp(['query', 'SELECT v FROM t', '--format', 'csv'])).stdout, `v\n${evil}\n`);
  const failed = await open(t, {
    athena: { GetQueryExecution: () => ended('FAILED', { StateChangeReason: evil }) },
  });
  const { code, stderr } = await failed.dp(['query', 'SELECT v FROM t']);
  assert.equal(code, 1);
  assert.doesNotMatch(stderr, /[\u001b\u0007\u202e]/);
});

test('another account than the configured one is refused before anything is sent to Athena', async (t) => {
  const { dp, standIn } = await open(t, { account: '999999999999' });
  const { code, stdout } = await dp(['query', 'SELECT 1', '--json']);
  assert.equal(code, 77);
  assert.equal(JSON.parse(stdout).error.code, 'wrong-account');
  assert.match(JSON.parse(stdout).error.message, /123456789012.*999999999999/);
  assert.deepEqual(standIn.calls, []);
});

test('a variable that names an account proves nothing', async (t) => {
  const { dp } = await open(t, { account: '999999999999' });
  const { code } = await dp(['query', 'SELECT 1', '--json'], { AWS_ACCOUNT_ID: '999999999999' });
  assert.equal(code, 77);
});

test('nobody signed in is exit 77 with the command that signs in', async (t) => {
  const { dp, folder } = await open(t);
  const config = join(folder, 'aws-config');
  await writeFile(
    config,
    '[profile work]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = analyst\nregion = eu-west-1\n[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n',
  );
  const nobody = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_CONFIG_FILE: config, HOME: folder };
  const expired = await dp(['query', 'SELECT 1', '--json', '--profile', 'work'], nobody);
  assert.equal(expired.code, 77, expired.stdout);
  assert.deepEqual(JSON.parse(expired.stdout).error.nextSteps[0], 'aws sso login --profile work');
  const absent = await dp(['query', 'SELECT 1', '--json'], nobody);
  assert.equal(absent.code, 77, absent.stdout);
  assert.match(JSON.parse(absent.stdout).error.nextSteps[0], /^aws configure sso/);
});

test('a statement that writes needs --write, and one that drops its name as well', async (t) => {
  const { dp, standIn } = await open(t);
  assert.equal((await dp(['query', 'INSERT INTO t SELECT 1'])).code, 4);
  assert.equal((await dp(['query', 'DROP TABLE shop.t', '--write'])).code, 4);
  assert.equal((await dp(['query', 'DROP TABLE shop.t', '--write', '--confirm', 't'])).code, 4);
  assert.equal((await dp(['query', 'SELECT 1; DROP TABLE shop.t', '--write'])).code, 64);
  assert.deepEqual(standIn.calls, []);
  assert.equal((await dp(['query', 'DROP TABLE shop.t', '--write', '--confirm', 'shop.t'])).code, 0);
  assert.equal(standIn.inputsOf('StartQueryExecution')[0]?.QueryString, 'DROP TABLE shop.t');
});

test('--detach prints the id and leaves; attach follows it, results only reads; cancel says what it cost', async (t) => {
  const { dp, standIn } = await open(t, {
    athena: {
      GetQueryExecution: (_, count) => (count <= 3 ? ended('RUNNING') : succeeded()),
      StopQueryExecution: () => ({}),
    },
  });
  assert.equal((await dp(['query', 'SELECT 1', '--detach'])).stdout, 'q1\n');
  assert.deepEqual(standIn.inputsOf('GetQueryResults'), []);
  const early = await dp(['query', 'results', 'q1', '--json']);
  assert.equal(early.code, 75);
  assert.equal(JSON.parse(early.stdout).error.code, 'query-running');
  assert.match(JSON.parse(early.stdout).error.nextSteps[0], /^dp query attach q1/);
  assert.equal(standIn.inputsOf('GetQueryExecution').length, 1);
  const attached = await dp(['query', 'attach', 'q1']);
  assert.match(attached.stdout, /^id,word,note\n0,/);
  assert.equal((await dp(['query', 'results', 'q1', '--json'])).code, 0);
  assert.equal(standIn.inputsOf('StartQueryExecution').length, 1);
  const cancelled = await dp(['query', 'cancel', 'q1']);
  assert.match(cancelled.stdout, /scanned +25\.0 MB\nprice +\$0\.000114/);
});

test('a query that Athena does not know is a failure, not a bug', async (t) => {
  const { dp } = await open(t, {
    athena: { GetQueryExecution: () => ({ $error: 'InvalidRequestException' }) },
  });
  const { code, stdout } = await dp(['query', 'show', 'nothing', '--json']);
  assert.equal(code, 1);
  assert.equal(JSON.parse(stdout).error.code, 'query-unknown');
});

test('Ctrl-C stops the query in Athena, waits for its end, says what it cost, and is 130', async (t) => {
  let stopped = false;
  let asked: () => void = () => undefined;
  const polled = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const { standIn, folder, env } = await open(t, {
    athena: {
      GetQueryExecution: () => {
        asked();
        return stopped ? ended('CANCELLED') : ended('RUNNING');
      },
      StopQueryExecution: () => {
        stopped = true;
        return {};
      },
    },
  });
  const child = startDp(['query', 'SELECT * FROM orders'], { cwd: folder, env });
  const said = text(child.stderr ?? process.stdin);
  const closed = once(child, 'close');
  await polled;
  child.kill('SIGINT');
  assert.deepEqual(await closed, [130, null]);
  assert.equal(standIn.inputsOf('StopQueryExecution').length, 1);
  assert.match(
    await said,
    /Stopped q1 in Athena: it is cancelled, scanned 25,000,000 bytes, and costs \$0\.000114/,
  );
});

const plan = {
  inputTableColumnInfos: [
    {
      table: { schemaTable: { schema: 'staging_data_pipeline_sample_lake', table: 'orders' } },
      constraint: {
        columnConstraints: [
          {
            columnName: 'dt',
            domain: {
              ranges: [
                {
                  low: { value: '2026-11-22', bound: 'EXACTLY' },
                  high: { value: '2026-11-22', bound: 'EXACTLY' },
                },
              ],
            },
          },
        ],
      },
    },
  ],
};
const partitions = ['2026-11-21', '2026-11-22'].map((day) => ({
  Values: [day],
  StorageDescriptor: { Location: `s3://lake/orders/dt=${day}/` },
  Parameters: { 'dp.bytes': '500000000000' },
}));
const table = {
  Name: 'orders',
  PartitionKeys: [{ Name: 'dt', Type: 'string' }],
  StorageDescriptor: { Columns: [{ Name: 'id', Type: 'bigint' }], Location: 's3://lake/none/' },
};

function planning(filtered: boolean): Partial<StandInInput> & { told: Told } {
  const shown = filtered
    ? plan
    : { inputTableColumnInfos: plan.inputTableColumnInfos.map(({ table: named }) => ({ table: named })) };
  return {
    told: { columns: [{ name: 'Query Plan', type: 'varchar' }], rows: [[JSON.stringify(shown)]] },
    athena: {
      GetQueryExecution: () => succeeded('q1', { StatementType: 'UTILITY', SubstatementType: 'EXPLAIN' }),
      GetTable: () => ({ Table: table }),
      GetPartitions: () => ({ Partitions: partitions }),
    },
  };
}

test('--dry-run runs only EXPLAIN, sums the partitions that are read, and prices them', async (t) => {
  const { dp, standIn } = await open(t, planning(true));
  const { code, stdout } = await dp([
    'query',
    "SELECT * FROM orders WHERE dt = '2026-11-22'",
    '--dry-run',
    '--json',
  ]);
  assert.equal(code, 0, stdout);
  const estimate = JSON.parse(stdout);
  assert.equal(estimate.bytesMax, 500_000_000_000);
  assert.equal(estimate.usdMax.toFixed(2), '2.27');
  assert.deepEqual(estimate.tables[0], {
    table: 'orders',
    partitionsRead: 1,
    partitions: 2,
    bytes: 500_000_000_000,
    isUnfiltered: false,
  });
  assert.deepEqual(estimate.warnings, []);
  assert.match(
    String(standIn.inputsOf('StartQueryExecution')[0]?.QueryString),
    /^EXPLAIN \(TYPE IO, FORMAT JSON\) SELECT/,
  );
});

test('--dry-run warns when no partition is named; --max-cost and --max-scan refuse before spending', async (t) => {
  const { dp, standIn } = await open(t, planning(false));
  const dry = await dp(['query', 'SELECT * FROM orders', '--dry-run']);
  assert.match(dry.stdout, /orders +2 +2 +1\.0 TB/);
  assert.match(
    dry.stderr,
    /Warning: orders: no condition on its partition key, so all 2 partitions are read/,
  );
  const cost = await dp(['query', 'SELECT * FROM orders', '--max-cost', '1.00', '--json']);
  assert.equal(cost.code, 1);
  assert.equal(JSON.parse(cost.stdout).error.code, 'too-expensive');
  const scan = await dp(['query', 'SELECT * FROM orders', '--max-scan', '10GB', '--json']);
  assert.equal(JSON.parse(scan.stdout).error.code, 'scans-too-much');
  const sent = standIn.inputsOf('StartQueryExecution').map((input) => String(input.QueryString));
  assert.ok(
    sent.every((sql) => sql.startsWith('EXPLAIN')),
    sent.join('\n'),
  );
});

test('an SQL text is never taken for a sub-command, and a sub-command never for SQL', async (t) => {
  const { dp, standIn } = await open(t);
  assert.equal((await dp(['query', 'history of orders'])).code, 4);
  assert.equal((await dp(['query', 'show tables'])).code, 0);
  assert.equal(standIn.inputsOf('StartQueryExecution')[0]?.QueryString, 'show tables');
});

// `dp status` of an AWS environment, against an emulator: what is there is told, and what cannot be told holds nothing up.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CreateBudgetCommand } from '@aws-sdk/client-budgets';
import { CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { openAwsLake } from '../../src/aws/lake.ts';
import { platformNames } from '../../src/config/platform-names.ts';
import { addDays, dayAt } from '../../src/etl/business-day.ts';
import { manifestKey } from '../../src/etl/lake-keys.ts';
import { formatManifest, type ManifestTable } from '../../src/etl/manifest.ts';
import type { PlatformStatus } from '../../src/operations/platform-status.ts';
import { once } from '../../src/std/once.ts';
import { awsVariables, TEST_ACCOUNT, TEST_REGION } from '../support/aws-environment.ts';
import { makeDailySchedule } from '../support/daily-schedule.ts';
import { useEmulator } from '../support/open-emulators.ts';
import { type DpEnd, runDp } from '../support/run-dp.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const moto = useEmulator('moto');
const names = platformNames({
  environment: 'staging',
  project: 'data-pipeline-sample',
  account: TEST_ACCOUNT,
});
const LOADED = addDays(dayAt(Date.now()), -4);

const deployed = once(async () => {
  const clients = moto.clients();
  const TemplateBody = JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
  const cloudFormation = await clients.cloudFormation();
  await cloudFormation.send(new CreateStackCommand({ StackName: names.stack('network'), TemplateBody }));
  const place = { CreateBucketConfiguration: { LocationConstraint: TEST_REGION } } as const;
  await (await clients.s3()).send(new CreateBucketCommand({ Bucket: names.etlBucket, ...place }));
  await writeDay();
  await makeDailySchedule(moto.clients(), names);
  const Budget = {
    BudgetName: names.budget,
    BudgetType: 'COST',
    TimeUnit: 'MONTHLY',
    BudgetLimit: { Amount: '250', Unit: 'USD' },
  } as const;
  await (await clients.budgets()).send(new CreateBudgetCommand({ AccountId: TEST_ACCOUNT, Budget }));
});

async function writeDay(): Promise<void> {
  const measure = { rows: 5, checksum: '1', sums: {} };
  const table: ManifestTable = {
    location: 's3://x/',
    files: [],
    source: measure,
    lake: measure,
    checks: [],
    definition: 'd',
  };
  const lake = openAwsLake({ clients: moto.clients(), bucket: names.etlBucket });
  const manifest = formatManifest({
    version: 1,
    kind: 'load',
    date: LOADED,
    runId: '20261120T000000000Z-abcdef',
    state: 'verified',
    engine: 'spark',
    startedAt: '2026-11-20T00:00:00.000Z',
    endedAt: '2026-11-20T00:05:00.000Z',
    tables: { orders: table, customers: table },
  });
  await lake.write(manifestKey({ day: LOADED, runId: '20261120T000000000Z-abcdef' }), manifest);
}

async function project(t: TestContext) {
  await deployed();
  const cwd = await temporaryFolder(t);
  const environments = { staging: { kind: 'aws', account: TEST_ACCOUNT } };
  await writeFile(
    join(cwd, 'dp.config.json'),
    JSON.stringify({ environments, defaultEnvironment: 'staging' }),
  );
  const env = awsVariables(moto.endpoint());
  return { cwd, dp: (...args: string[]): Promise<DpEnd> => runDp(args, { cwd, env }) };
}

test('data, runs, drift and cost are told, and a part that cannot be is said with its reason', {
  timeout: 120_000,
}, async (t) => {
  const { dp } = await project(t);
  const { code, stdout, stderr } = await dp('status', '--json');
  assert.equal(code, 3, stderr);
  const status = JSON.parse(stdout) as PlatformStatus;
  assert.deepEqual([status.version, status.environment, status.state], [1, 'staging', 'stale']);
  const { lake } = status;
  assert.equal(lake.newestVerifiedDay, LOADED);
  assert.ok((lake.daysBehind ?? 0) >= 2);
  const orders = lake.tables.find(({ table }) => table === 'orders');
  assert.deepEqual(orders, { table: 'orders', newestVerifiedDay: LOADED, daysBehind: lake.daysBehind });
  assert.equal(lake.tables.find(({ table }) => table === 'daily_sales')?.newestVerifiedDay, null);
  assert.deepEqual([status.lastRun?.date, status.lastRun?.state], [LOADED, 'verified']);
  assert.match(status.nextRun?.at ?? '', /T17:00:00\.000Z$/);
  assert.deepEqual(status.drift, { drifted: [], checkedAt: null });
  assert.equal(status.cost?.budgetUsd, 250);
  assert.deepEqual([status.database?.state, status.shopApi?.state], ['absent', 'stopped']);
  // No bastion is there, so nobody can say which tunnels are open.
  assert.equal(status.tunnels, null);
  assert.ok(status.unknown.some(({ part, reason }) => part === 'tunnels' && reason !== ''));
  const words = (await dp('status')).stdout;
  assert.match(words, /^staging is stale\.\nlake .* behind /);
  assert.match(words, /^ +daily_sales: no verified day$/m);
  assert.match(words, /^cost +\$0\.00 of \$250\.00 this month/m);
  assert.match(words, /^tunnels +not known: /m);
});

test('the page of an AWS environment is written although its query history cannot be read', {
  timeout: 120_000,
}, async (t) => {
  const { cwd, dp } = await project(t);
  const { code, stderr } = await dp('status', '--html', 'status.html');
  assert.equal(code, 3, stderr);
  const page = await readFile(join(cwd, 'status.html'), 'utf8');
  assert.match(page, /<title>staging is stale<\/title>/);
  assert.match(page, new RegExp(`title="${LOADED} verified"`));
  assert.equal((await dp('status', '--html', 'no/such/folder/x.html')).code, 64);
});

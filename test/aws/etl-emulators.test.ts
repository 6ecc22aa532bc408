// `dp etl run` of an AWS environment as an operator has it: a real process, moto's Glue with slow states, and a terminal.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, type TestContext, test } from 'node:test';
import {
  type CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateJobCommand, GetJobRunsCommand } from '@aws-sdk/client-glue';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { openAwsLake } from '../../src/aws/lake.ts';
import { platformNames } from '../../src/config/platform-names.ts';
import { addDays, dayAt } from '../../src/etl/business-day.ts';
import { manifestKey } from '../../src/etl/lake-keys.ts';
import { formatManifest } from '../../src/etl/manifest.ts';
import { type Emulator, startEmulator } from '../support/aws-emulator.ts';
import { awsVariables, openTestClients, TEST_ACCOUNT, TEST_REGION } from '../support/aws-environment.ts';
import { type AwsFaultServer, startFaultServer } from '../support/aws-fault-server.ts';
import { startDp } from '../support/run-dp.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { installDp, Terminal } from '../support/terminal.ts';

const names = platformNames({
  environment: 'staging',
  project: 'data-pipeline-sample',
  account: TEST_ACCOUNT,
});
const TIMEOUT = { timeout: 120_000 };
const day = (ago: number): string => addDays(dayAt(Date.now()), -ago);
let emulator: Emulator;
let server: AwsFaultServer;
let clients: ReturnType<typeof openTestClients>;

before(async () => {
  emulator = await startEmulator('moto');
  // moto has no BatchStopJobRun: this server answers in its place.
  const stopped = { answer: { status: 200, body: { SuccessfulSubmissions: [], Errors: [] } } };
  server = await startFaultServer(
    () => emulator.endpoint,
    (call) => (call.endsWith('BatchStopJobRun') ? stopped : undefined),
  );
  clients = openTestClients(server.endpoint);
  const transition = { progression: 'manual', times: 2 };
  await fetch(`${emulator.endpoint}/moto-api/state-manager/set-transition`, {
    method: 'POST',
    body: JSON.stringify({ model_name: 'glue::job_run', transition }),
  });
  const place = { CreateBucketConfiguration: { LocationConstraint: TEST_REGION } } as const;
  await (await clients.s3()).send(new CreateBucketCommand({ Bucket: names.etlBucket, ...place }));
  const job = {
    Name: names.job,
    Role: 'role',
    Command: { Name: 'glueetl', ScriptLocation: 's3://scripts/job.py' },
  };
  const ExecutionProperty = { MaxConcurrentRuns: 9 };
  await (await clients.glue()).send(new CreateJobCommand({ ...job, ExecutionProperty }));
});
after(async () => {
  await clients.close();
  await server[Symbol.asyncDispose]();
  await emulator[Symbol.asyncDispose]();
});

async function project(t: TestContext): Promise<string> {
  const cwd = await temporaryFolder(t);
  const environments = { staging: { kind: 'aws', account: TEST_ACCOUNT } };
  await writeFile(
    join(cwd, 'dp.config.json'),
    JSON.stringify({ environments, defaultEnvironment: 'staging' }),
  );
  return cwd;
}

/** What the job of a run would leave behind when it has loaded its day. */
async function publish(date: string, runId: string): Promise<void> {
  const at = new Date().toISOString();
  const measure = { rows: 7, checksum: '42', sums: {} };
  const orders = {
    location: 's3://x/',
    files: [],
    source: measure,
    lake: measure,
    checks: [],
    definition: '',
  };
  const manifest = formatManifest({
    ...{ version: 1, kind: 'load', date, runId, state: 'verified', engine: 'spark', startedAt: at },
    ...{ endedAt: at, verifiedAt: at, publishes: runId, tables: { orders } },
  });
  await openAwsLake({ clients, bucket: names.etlBucket }).write(manifestKey({ day: date, runId }), manifest);
}

/** What the driver of a run says. */
async function say(jobRun: string, ...messages: readonly string[]): Promise<void> {
  const logs: CloudWatchLogsClient = await clients.cloudWatchLogs();
  const place = { logGroupName: names.logs.job, logStreamName: `${jobRun}-driver` };
  await logs.send(new CreateLogGroupCommand({ logGroupName: place.logGroupName }));
  await logs.send(new CreateLogStreamCommand(place));
  const logEvents = messages.map((message) => ({ timestamp: Date.now(), message }));
  await logs.send(new PutLogEventsCommand({ ...place, logEvents }));
}

test(
  'of two days one is loaded and one is not: the lines of the driver are passed on, and the command ends with 2',
  TIMEOUT,
  async (t) => {
    const env = awsVariables(server.endpoint);
    const range = ['--from', day(3), '--to', day(2), '--concurrency', '2'];
    const child = startDp(['etl', 'run', ...range, '--json'], { cwd: await project(t), env });
    const ended = once(child, 'close');
    const events: Record<string, unknown>[] = [];
    for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
      const event = JSON.parse(line);
      events.push(event);
      if (event.event !== 'run-started' || event.date !== day(3)) continue;
      await publish(event.date, event.runId);
      await say(event.jobRun, 'Spark is here', 'DP-EVENT {"event":"written","table":"orders","rows":7}');
    }
    assert.deepEqual(await ended, [2, null]);
    const of = (name: string) => events.filter(({ event }) => event === name);
    assert.deepEqual(
      of('log').map(({ text }) => text),
      ['Spark is here'],
    );
    assert.deepEqual(
      of('written').map(({ date, table, rows }) => [date, table, rows]),
      [[day(3), 'orders', 7]],
    );
    assert.deepEqual(
      of('price').map(({ days, usd }) => [days, usd]),
      [[2, null]],
    );
    const [summary] = of('summary') as {
      days: { date: string; state: string; error?: { code: string } }[];
    }[];
    assert.deepEqual(
      summary?.days.map(({ date, state, error }) => [date, state, error?.code]),
      [
        [day(3), 'verified', undefined],
        [day(2), 'failed', 'manifest-missing'],
      ],
    );
  },
);

for (const [answer, keys, said] of [
  ['leave', ['Enter'], /Left running: jr_/],
  ['stop', ['Down', 'Enter'], /Stopping: jr_/],
] as const) {
  test(`Ctrl-C asks on a terminal what becomes of the runs: ${answer}`, TIMEOUT, async (t) => {
    const cwd = await project(t);
    installDp(cwd);
    const PATH = `${cwd}:${process.env.PATH}`;
    const variables = {
      ...awsVariables(server.endpoint),
      PATH,
      HOME: cwd,
      PS1: '> ',
      HISTFILE: '',
      TERM: 'xterm-256color',
    };
    const command = ['bash', '--norc', '--noprofile'];
    using terminal = Terminal.open({ columns: 120, rows: 30, cwd, env: variables, command });
    const date = day(answer === 'leave' ? 10 : 11);
    server.calls.length = 0;
    terminal.type(`dp etl run --date ${date}; echo "ended: $?"`);
    terminal.press('Enter');
    await terminal.waitFor(/ (starting|running)$/m);
    terminal.press('C-c');
    await terminal.waitFor(/One run goes on at AWS\. What now\?/);
    terminal.press(...keys);
    await terminal.waitFor(said);
    await terminal.waitFor(/^ended: 130$/m);
    const stops = server.calls.filter((call) => call.endsWith('BatchStopJobRun')).length;
    assert.equal(stops, answer === 'stop' ? 1 : 0);
    const { JobRuns: runs = [] } = await (await clients.glue()).send(
      new GetJobRunsCommand({ JobName: names.job }),
    );
    assert.equal(runs.filter((run) => run.Arguments?.['--date'] === date).length, 1);
  });
}

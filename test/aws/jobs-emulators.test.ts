import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  CreateCrawlerCommand,
  CreateDatabaseCommand,
  CreateJobCommand,
  type GlueClient,
} from '@aws-sdk/client-glue';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  GetScheduleCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { openAwsCrawlers } from '../../src/aws/crawlers.ts';
import { openAwsEngine } from '../../src/aws/engine.ts';
import { openAwsJobs } from '../../src/aws/jobs.ts';
import { openAwsLake } from '../../src/aws/lake.ts';
import { openAwsSchedule } from '../../src/aws/schedule.ts';
import { manifestKey } from '../../src/etl/lake-keys.ts';
import { formatManifest, type Manifest } from '../../src/etl/manifest.ts';
import type { JobEvent } from '../../src/operations/load-day-by-job.ts';
import { mergeRuns } from '../../src/operations/merge-runs.ts';
import {
  attachDay,
  type RunJobDaysDeps,
  type RunJobDaysInput,
  runJobDays,
} from '../../src/operations/run-job-days.ts';
import { showSchedule } from '../../src/operations/show-schedule.ts';
import { crawlersContract } from '../contract/crawlers.ts';
import { jobsContract } from '../contract/jobs.ts';
import { scheduleContract } from '../contract/schedule.ts';
import { type Emulator, startEmulator } from '../support/aws-emulator.ts';
import { openTestClients } from '../support/aws-environment.ts';
import { type AwsFaultServer, awsError, startFaultServer } from '../support/aws-fault-server.ts';

const DAYS = { from: '2026-11-20', to: '2026-11-21' };
const NOW_MS = Date.parse('2026-11-23T00:00:00Z');
const RUNNING_POLLS = 2;
let emulator: Emulator;
let server: AwsFaultServer;
let clients: ReturnType<typeof openTestClients>;
let jobs = 0;

before(async () => {
  emulator = await startEmulator('moto');
  server = await startFaultServer(() => emulator.endpoint);
  clients = openTestClients(server.endpoint);
  await fetch(`${emulator.endpoint}/moto-api/state-manager/set-transition`, {
    method: 'POST',
    body: JSON.stringify({
      model_name: 'glue::job_run',
      transition: { progression: 'manual', times: RUNNING_POLLS },
    }),
  });
});
after(async () => {
  await clients.close();
  await server[Symbol.asyncDispose]();
  await emulator[Symbol.asyncDispose]();
});

interface World {
  readonly deps: RunJobDaysDeps;
  readonly events: JobEvent[];
  readonly name: string;
}

/** A job and a bucket of the test's own. What a real job would do to the lake is done when its run has begun. */
async function world(
  input: { readonly runsAtOnce?: number; readonly publishes?: boolean } = {},
): Promise<World> {
  const name = `staging-daily-${++jobs}`;
  server.faults.length = 0;
  server.calls.length = 0;
  const glue = await clients.glue();
  const execution = { MaxConcurrentRuns: input.runsAtOnce ?? 3 };
  await glue.send(
    new CreateJobCommand({
      Name: name,
      Role: 'role',
      Command: { Name: 'glueetl', ScriptLocation: 's3://scripts/job.py' },
      ExecutionProperty: execution,
    }),
  );
  await (await clients.s3()).send(
    new CreateBucketCommand({
      Bucket: name,
      CreateBucketConfiguration: { LocationConstraint: 'ap-northeast-1' },
    }),
  );
  const lake = openAwsLake({ clients, bucket: name });
  const events: JobEvent[] = [];
  let ms = NOW_MS;
  const deps: RunJobDaysDeps = {
    jobs: openAwsJobs({ clients, daily: name, logGroup: '/aws-glue/jobs/daily' }),
    lake,
    engine: openAwsEngine(),
    clock: { now: () => ms++ },
    random: () => 'abcdef',
    pause: async (_ms, signal) => signal?.throwIfAborted(),
    stopOrLeave: async () => 'leave',
    notify: (event) => events.push(event),
  };
  if (input.publishes === false) return { deps, events, name };
  const start = deps.jobs.start;
  const publishing = {
    ...deps.jobs,
    start: async (request: Parameters<typeof start>[0]) => {
      const id = await start(request);
      const [date, runId] = [request.arguments['--date'] ?? '', request.arguments['--run-id'] ?? ''];
      if (id !== 'full')
        await lake.write(manifestKey({ day: date, runId }), formatManifest(verified(date, runId)));
      return id;
    },
  };
  return { deps: { ...deps, jobs: publishing }, events, name };
}

function verified(date: string, runId: string): Manifest {
  const at = '2026-11-23T00:00:00.000Z';
  const measure = { rows: 7, checksum: '42', sums: {} };
  const orders = {
    location: `s3://lake/lake/orders/${runId}/dt=${date}/`,
    files: [],
    source: measure,
    lake: measure,
    checks: [],
    definition: '',
  };
  return {
    version: 1,
    kind: 'load',
    date,
    runId,
    state: 'verified',
    engine: 'spark',
    startedAt: at,
    endedAt: at,
    verifiedAt: at,
    publishes: runId,
    tables: { orders },
  };
}

function input(more: Partial<RunJobDaysInput> = {}): RunJobDaysInput {
  return { ...DAYS, concurrency: 2, dryRun: false, force: false, detach: false, ...more };
}

jobsContract('Glue (moto)', async () => (await world({ runsAtOnce: 2, publishes: false })).deps.jobs);
scheduleContract('Scheduler (moto)', async () => (await dailySchedule()).schedule);
crawlersContract('Glue (moto)', async () => ({
  crawlers: openAwsCrawlers({ clients }),
  name: await databaseCrawler(),
}));

let schedules = 0;
let crawlers = 0;

/** A schedule of its own, with everything that a change must keep. */
async function dailySchedule() {
  const [name, group] = ['daily', `schedules-${++schedules}`];
  await using stack = new AsyncDisposableStack();
  const scheduler = new SchedulerClient({ region: 'ap-northeast-1' });
  stack.defer(async () => scheduler.destroy());
  await scheduler.send(new CreateScheduleGroupCommand({ Name: group }));
  const target = {
    Arn: 'arn:aws:scheduler:::aws-sdk:glue:startJobRun',
    RoleArn: 'arn:aws:iam::123456789012:role/scheduler',
    Input: '{"JobName":"daily"}',
  };
  await scheduler.send(
    new CreateScheduleCommand({
      Name: name,
      GroupName: group,
      ScheduleExpression: 'cron(0 2 * * ? *)',
      ScheduleExpressionTimezone: 'Asia/Tokyo',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: target,
      Description: 'kept',
    }),
  );
  return { name, group, schedule: openAwsSchedule({ clients, name, group }) };
}

async function databaseCrawler(): Promise<string> {
  const glue: GlueClient = await clients.glue();
  const name = `aurora-${++crawlers}`;
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: `source_${crawlers}` } }));
  await glue.send(
    new CreateCrawlerCommand({
      Name: name,
      Role: 'role',
      DatabaseName: `source_${crawlers}`,
      Targets: { JdbcTargets: [{ ConnectionName: 'aurora', Path: 'stg_core/%' }] },
    }),
  );
  return name;
}

const startsOf = (): number => server.calls.filter((call) => call.endsWith('StartJobRun')).length;

test('days are started as runs of the job and followed until their manifests say verified', async () => {
  const { deps, events } = await world();
  const result = await runJobDays(input(), deps);
  assert.equal(result.end, 'ok');
  assert.deepEqual(
    result.days.map(({ date, state, tables }) => [date, state, tables.orders]),
    [
      ['2026-11-20', 'verified', { rows: 7, checksum: '42' }],
      ['2026-11-21', 'verified', { rows: 7, checksum: '42' }],
    ],
  );
  const states = events.filter((event) => event.event === 'run-state' && event.date === '2026-11-20');
  const last = states.at(-1);
  assert.equal(last?.event === 'run-state' ? last.state : undefined, 'succeeded');
  assert.ok(states.length >= 2, 'slow states were seen');
  assert.deepEqual(
    events.slice(0, 2).map(({ event }) => event),
    ['plan', 'price'],
  );
});

test('where the job allows one run at a time, the second day waits for its place', async () => {
  const { deps, events } = await world({ runsAtOnce: 1 });
  const result = await runJobDays(input(), deps);
  assert.equal(result.end, 'ok');
  assert.ok(events.some((event) => event.event === 'waiting'));
  assert.equal((await deps.jobs.history(deps.jobs.daily, 10)).length, 2);
});

test('a dry run says the plan and the price, and starts nothing', async () => {
  const { deps, events } = await world();
  await runJobDays(input({ dryRun: true }), deps);
  assert.deepEqual(
    events.map(({ event }) => event),
    ['plan', 'price', 'summary'],
  );
  assert.equal(startsOf(), 0);
});

test('the status of days counts runs that have not taken their lock yet', async () => {
  const { deps } = await world({ publishes: false });
  await runJobDays(input({ to: DAYS.from, detach: true }), deps);
  const missing = {
    state: 'missing',
    runId: null,
    verifiedAt: null,
    publishedRunId: null,
    error: null,
  } as const;
  const platform = {
    jobs: async () => deps.jobs,
    schedule: async () => openAwsSchedule({ clients, name: 'none', group: 'none' }),
  };
  const merged = await mergeRuns(
    {
      days: [
        { ...missing, date: DAYS.from },
        { ...missing, date: DAYS.to },
      ],
    },
    platform,
  );
  assert.deepEqual(
    merged.days.map(({ state }) => state),
    ['running', 'missing'],
  );
  assert.equal(merged.next, null);
});

test('a day that a run works on already is not started again, and can be attached to', async () => {
  const { deps } = await world();
  const first = await runJobDays(input({ to: DAYS.from, detach: true }), deps);
  assert.equal(Object.keys(first.started).length, 1);
  const second = await runJobDays(input(), deps);
  assert.deepEqual(
    second.plan.map(({ date, action }) => [date, action]),
    [
      ['2026-11-20', 'skip'],
      ['2026-11-21', 'run'],
    ],
  );
  assert.equal(startsOf(), 2);
  assert.equal((await attachDay(DAYS.from, deps)).state, 'verified');
  await assert.rejects(attachDay('2026-01-01', deps), { code: 'no-run-of-day' });
});

test('of operators who load one day in the same moment one starts a run, and the others are told which', async () => {
  const { deps, name } = await world({ publishes: false, runsAtOnce: 9 });
  const operators = Array.from({ length: 4 }, () => openTestClients(server.endpoint));
  const plannedAll = Promise.withResolvers<void>();
  let planned = 0;
  /** An operator of a process of its own, who plans before any other has started anything. */
  const load = (own: (typeof operators)[number], number: number) => {
    const jobs = openAwsJobs({ clients: own, daily: name, logGroup: '/aws-glue/jobs/daily' });
    let plans = true;
    const history: typeof jobs.history = async (...asked) => {
      const runs = await jobs.history(...asked);
      if (plans && ++planned === operators.length) plannedAll.resolve();
      if (plans) await plannedAll.promise;
      plans = false;
      return runs;
    };
    const lake = openAwsLake({ clients: own, bucket: name });
    const random = (): string => `00000${number}`;
    return runJobDays(input({ to: DAYS.from, detach: true }), {
      ...deps,
      ...{ jobs: { ...jobs, history }, lake, random },
    });
  };
  const ends = await Promise.all(operators.map(load));
  for (const own of operators) await own.close();
  assert.equal(startsOf(), 1);
  const runs = await deps.jobs.history(name, 10);
  assert.equal(runs.length, 1);
  assert.deepEqual(
    ends.flatMap(({ started }) => Object.values(started)),
    [runs[0]?.id],
  );
  const refused = ends.filter(({ days }) => days.length > 0);
  assert.equal(refused.length, operators.length - 1);
  for (const { days, end } of refused)
    assert.deepEqual([days[0]?.state, days[0]?.error?.code, end], ['running', 'day-is-running', 'temporary']);
});

test('a start whose answer is lost is found again and not repeated', async () => {
  const { deps } = await world();
  server.faults.push({ call: 'StartJobRun', answer: 'lost' });
  const result = await runJobDays(input({ to: DAYS.from, detach: true }), deps);
  assert.equal(startsOf(), 1);
  const [run] = await deps.jobs.history(deps.jobs.daily, 10);
  assert.deepEqual(Object.values(result.started), [run?.id]);
});

test('throttling and faults of the service in mid-poll are waited out', async () => {
  const { deps } = await world();
  server.faults.push({
    call: 'GetJobRun',
    answer: awsError('ThrottlingException', 'Rate exceeded'),
    times: 3,
  });
  server.faults.push({
    call: 'GetJobRun',
    answer: awsError('InternalServiceException', 'oops', 500),
    times: 5,
  });
  assert.equal((await runJobDays(input({ to: DAYS.from }), deps)).end, 'ok');
});

for (const [what, type, code] of [
  ['a permission that is taken away', 'AccessDeniedException', 'not-allowed'],
  ['credentials that run out', 'ExpiredTokenException', 'not-signed-in'],
] as const) {
  test(`${what} in mid-run ends the following with words; the run goes on`, async () => {
    const { deps } = await world();
    server.faults.push({ call: 'GetJobRun', answer: awsError(type, 'no more'), times: 50, skip: 1 });
    await assert.rejects(runJobDays(input({ to: DAYS.from }), deps), { code });
    assert.equal((await deps.jobs.history(deps.jobs.daily, 10))[0]?.state !== 'stopped', true);
  });
}

test('a run that is known no more in mid-poll is a failed day, and the others are loaded: partial', async () => {
  const { deps } = await world();
  server.faults.push({ call: 'GetJobRun', answer: awsError('EntityNotFoundException', 'gone'), skip: 1 });
  const result = await runJobDays(input({ concurrency: 1 }), deps);
  assert.equal(result.end, 'partial');
  assert.deepEqual(
    result.days.map(({ state, error }) => [state, error?.code]),
    [
      ['failed', 'run-lost'],
      ['verified', undefined],
    ],
  );
});

test('a run that Glue lost for want of capacity is started again, twice at most; one that failed by itself is not', async () => {
  const ended = (error: string) => ({
    status: 200,
    body: { JobRun: { Id: 'jr', JobName: 'daily', JobRunState: 'FAILED', ErrorMessage: error } },
  });
  const { deps, events } = await world();
  server.faults.push({ call: 'GetJobRun', answer: ended('Resource unavailable'), times: 1 });
  assert.equal((await runJobDays(input({ to: DAYS.from }), deps)).end, 'ok');
  assert.equal(startsOf(), 2);
  assert.ok(events.some((event) => event.event === 'warning' && /Started again/.test(event.message)));

  const { deps: poor } = await world({ publishes: false });
  server.faults.push({ call: 'GetJobRun', answer: ended('Resource unavailable'), times: 9 });
  const given = await runJobDays(input({ to: DAYS.from }), poor);
  assert.deepEqual([given.end, startsOf()], ['failed', 3]);

  const { deps: wrong } = await world({ publishes: false });
  server.faults.push({ call: 'GetJobRun', answer: ended('ValueError: bad row'), times: 1 });
  const failed = await runJobDays(input({ to: DAYS.from }), wrong);
  assert.deepEqual([failed.days[0]?.error?.message, startsOf()], ['ValueError: bad row', 1]);
});

for (const answer of ['stop', 'leave'] as const) {
  test(`an interrupt asks, and then does what was said: ${answer}`, async () => {
    const { deps, events } = await world();
    const stop = new AbortController();
    // moto has no BatchStopJobRun: this server answers in its place.
    server.faults.push({
      call: 'BatchStopJobRun',
      answer: { status: 200, body: { SuccessfulSubmissions: [], Errors: [] } },
      times: 9,
    });
    const asked: string[][] = [];
    const interrupted = runJobDays(input({ to: DAYS.from }), {
      ...deps,
      signal: stop.signal,
      stopOrLeave: async (ids) => {
        asked.push([...ids]);
        return answer;
      },
      notify: (event) => {
        events.push(event);
        if (event.event === 'run-state') stop.abort(new Error('Ctrl-C'));
      },
    });
    await assert.rejects(interrupted, /Ctrl-C/);
    assert.equal(asked.length, 1);
    const stops = server.calls.filter((call) => call.endsWith('BatchStopJobRun')).length;
    assert.equal(stops, answer === 'stop' ? 1 : 0);
    assert.ok(events.some(({ event }) => event === (answer === 'stop' ? 'stopped' : 'left-running')));
  });
}

test('of runs that are to stop, the one that Glue does not stop is named', async () => {
  const { deps, name } = await world();
  const { started } = await runJobDays(input({ detach: true }), deps);
  const [first = '', second = ''] = Object.values(started);
  const refused = {
    JobName: name,
    JobRunId: second,
    ErrorDetail: { ErrorCode: 'JobRunNotInTerminalStateException' },
  };
  const answer = { SuccessfulSubmissions: [{ JobName: name, JobRunId: first }], Errors: [refused] };
  server.faults.push({ call: 'BatchStopJobRun', answer: { status: 200, body: answer } });
  assert.deepEqual(await deps.jobs.stop(name, [first, second]), [second]);
});

test('a changed schedule keeps all else, and says what it will do', async () => {
  const { name, group, schedule } = await dailySchedule();
  const shown = await showSchedule(schedule, Date.parse('2026-11-22T16:59:00Z'));
  assert.deepEqual(shown.next?.[0], { at: '2026-11-22T17:00:00.000Z', day: '2026-11-22' });
  assert.equal(shown.kept, true);
  await schedule.change({ enabled: false });
  assert.equal((await showSchedule(schedule, NOW_MS)).next, null);
  const scheduler = new SchedulerClient({ region: 'ap-northeast-1' });
  const kept = await scheduler.send(new GetScheduleCommand({ Name: name, GroupName: group }));
  scheduler.destroy();
  assert.deepEqual([kept.Target?.Input, kept.Description], ['{"JobName":"daily"}', 'kept']);
  await assert.rejects(openAwsSchedule({ clients, name: 'none', group }).change({ enabled: true }), {
    code: 'schedule-missing',
  });
});

test('a crawler that runs already is left alone, and can be stopped', async () => {
  const name = await databaseCrawler();
  const opened = openAwsCrawlers({ clients });
  assert.equal(await opened.start(name), true);
  assert.equal(await opened.start(name), false);
  assert.equal((await opened.find(name))?.targets[0], 'aurora: stg_core/%');
  assert.equal(await opened.stop(name), true);
  assert.equal(await opened.stop(name), false);
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { openLocalSchedule } from '../../src/local/schedule.ts';
import { type KeepScheduleEvent, keepSchedule } from '../../src/operations/keep-schedule.ts';
import type { Jobs, StartRun } from '../../src/platform/jobs.ts';
import type { Schedule } from '../../src/platform/schedule.ts';
import { Failure } from '../../src/std/failure.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HOUR_MS = 3_600_000;

interface Night {
  readonly schedule: Schedule;
  readonly events: KeepScheduleEvent[];
  readonly started: StartRun[];
}

/**
 * Keeps a real schedule over a time that passes in steps: each wait of the operation lets the clock go on by what was
 * asked for, and `steps` may do something at a moment, such as let the machine sleep.
 */
async function keep(
  t: TestContext,
  night: {
    readonly fromUtc: string;
    readonly toUtc: string;
    readonly sleep?: { readonly fromUtc: string; readonly toUtc: string };
    readonly at?: (nowMs: number, schedule: Schedule) => Promise<void>;
    readonly start?: (request: StartRun, attempt: number) => string | 'full';
  },
): Promise<Night> {
  const file = join(await temporaryFolder(t), 'schedule.json');
  const schedule = openLocalSchedule({ file, name: 'daily' });
  const stop = new AbortController();
  let nowMs = Date.parse(night.fromUtc);
  const events: KeepScheduleEvent[] = [];
  const started: StartRun[] = [];
  let attempts = 0;
  const jobs = {
    daily: 'daily',
    polling: { firstMs: 1_000, mostMs: 60_000, factor: 2 },
    start: async (request: StartRun) => {
      const id = night.start?.(request, attempts++) ?? `jr_${started.length}`;
      if (id !== 'full') started.push(request);
      return id;
    },
  } satisfies Pick<Jobs, 'daily' | 'polling' | 'start'>;
  const pause = async (ms: number): Promise<void> => {
    nowMs += ms;
    const { sleep } = night;
    if (sleep !== undefined && nowMs >= Date.parse(sleep.fromUtc) && nowMs < Date.parse(sleep.toUtc))
      nowMs = Date.parse(sleep.toUtc);
    await night.at?.(nowMs, schedule);
    if (nowMs >= Date.parse(night.toUtc)) stop.abort(new Error('the night is over'));
    stop.signal.throwIfAborted();
  };
  await keepSchedule({
    schedule,
    jobs: jobs as unknown as Jobs,
    clock: { now: () => nowMs },
    random: () => 'abcdef',
    notify: (event) => events.push(event),
    pause,
    signal: stop.signal,
  });
  assert.equal((await schedule.show())?.kept, false);
  return { schedule, events, started };
}

const days = (night: Night): string[] =>
  night.events.flatMap((event) => (event.event === 'run-started' ? [event.day] : []));

test('each night at two in Japan the day that has just ended is started, once', async (t) => {
  const night = await keep(t, { fromUtc: '2026-11-21T10:00:00Z', toUtc: '2026-11-23T18:00:00Z' });
  assert.deepEqual(days(night), ['2026-11-21', '2026-11-22', '2026-11-23']);
  assert.deepEqual(
    night.started.map((request) => request.arguments['--scheduled-time']),
    ['2026-11-21T17:00:00.000Z', '2026-11-22T17:00:00.000Z', '2026-11-23T17:00:00.000Z'],
  );
  assert.equal(new Set(night.started.map((request) => request.arguments['--run-id'])).size, 3);
});

test('of starts that were slept through the last is made up for, and the others are told', async (t) => {
  const night = await keep(t, {
    fromUtc: '2026-11-21T10:00:00Z',
    toUtc: '2026-11-24T10:00:00Z',
    sleep: { fromUtc: '2026-11-21T12:00:00Z', toUtc: '2026-11-24T02:00:00Z' },
  });
  assert.deepEqual(days(night), ['2026-11-23']);
  const told = night.events.find((event) => event.event === 'slept-through');
  assert.deepEqual(told, { event: 'slept-through', days: ['2026-11-21', '2026-11-22'] });
});

test('a pause, a move and a resume are noticed; what was paused is not made up for', async (t) => {
  let stage = 0;
  const night = await keep(t, {
    fromUtc: '2026-11-21T10:00:00Z',
    toUtc: '2026-11-23T12:00:00Z',
    async at(nowMs, schedule) {
      if (stage === 0 && nowMs >= Date.parse('2026-11-21T12:00:00Z')) {
        stage = 1;
        await schedule.change({ enabled: false });
      } else if (stage === 1 && nowMs >= Date.parse('2026-11-21T20:00:00Z')) {
        stage = 2;
        await schedule.change({ enabled: true, expression: 'cron(30 7 * * ? *)' });
      }
    },
  });
  // Half past seven in Japan is 22:30 UTC of the day before.
  assert.deepEqual(
    night.started.map((request) => request.arguments['--scheduled-time']),
    ['2026-11-21T22:30:00.000Z', '2026-11-22T22:30:00.000Z'],
  );
  assert.ok(night.events.some((event) => event.event === 'paused'));
});

test('where the job is full the start waits for its place; one that is refused is told, and the next night goes on', async (t) => {
  const night = await keep(t, {
    fromUtc: '2026-11-21T16:59:00Z',
    toUtc: '2026-11-22T18:00:00Z',
    start(_request, attempt) {
      if (attempt < 4) return 'full';
      if (attempt > 4) return 'jr_late';
      throw new Failure({ code: 'x', kind: 'failed', message: 'no place', nextSteps: ['y'] });
    },
  });
  assert.deepEqual(days(night), ['2026-11-22']);
  assert.equal(night.events.filter((event) => event.event === 'job-full').length, 1);
  assert.deepEqual(
    night.events.find((event) => event.event === 'not-started'),
    { event: 'not-started', day: '2026-11-21', why: 'no place' },
  );
});

test('where a service keeps the schedule there is nothing to run', async () => {
  const schedule: Schedule = { show: async () => undefined, change: () => assert.fail('nothing is changed') };
  const deps = { schedule, jobs: {} as Jobs, clock: { now: () => HOUR_MS }, random: () => 'abcdef' };
  await assert.rejects(
    keepSchedule({
      ...deps,
      notify: () => {},
      pause: async () => {},
      signal: new AbortController().signal,
    }),
    { code: 'kept-by-service', kind: 'usage' },
  );
});

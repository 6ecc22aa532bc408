// Lines of CloudWatch through the real SDK, from a stand-in that throttles, cuts, repeats and holds back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterPatternOf, LATE_MS_MAX } from '../../src/aws/log-group.ts';
import { openAwsLogs } from '../../src/aws/logs.ts';
import { sessionReader } from '../../src/aws/session-log.ts';
import { platformNames } from '../../src/config/platform-names.ts';
import { readLogs } from '../../src/operations/read-logs.ts';
import type { LogLine } from '../../src/platform/logs.ts';
import type { Failure } from '../../src/std/failure.ts';
import { openTestClients, TEST_ACCOUNT } from '../support/aws-environment.ts';
import { awsError, startFaultServer } from '../support/aws-fault-server.ts';
import {
  type LogFault,
  type LogGroupServer,
  type LogGroupServerInput,
  startLogGroupServer,
} from '../support/log-group-server.ts';

const parts = { environment: 'staging', project: 'data-pipeline-sample', account: TEST_ACCOUNT };
const names = platformNames(parts);
const START_MS = Date.parse('2026-11-24T00:00:00Z');

interface Rig {
  readonly server: LogGroupServer;
  readonly said: string[];
  readonly waits: number[];
  /** Reads the source; time goes on by `lookEveryMs` whenever all that is visible was read. */
  read(input: {
    readonly follow: boolean;
    readonly grep?: RegExp;
    readonly source?: 'rotation' | 'all' | 'job' | 'crawler';
    readonly line: (line: LogLine, stop: () => void) => void;
  }): Promise<void>;
}

async function rig(
  t: { after(work: () => Promise<void>): void },
  input: Omit<LogGroupServerInput, 'nowMs' | 'group'> & { readonly group?: string; readonly lookMs?: number },
): Promise<Rig> {
  let nowMs = START_MS;
  const { lookMs = 3_000, group = names.logs.rotation('single-user') } = input;
  const server = await startLogGroupServer({ ...input, group, nowMs: () => nowMs });
  const clients = openTestClients(server.endpoint);
  t.after(async () => {
    await clients.close();
    await server[Symbol.asyncDispose]();
  });
  const said: string[] = [];
  const waits: number[] = [];
  return {
    server,
    said,
    waits,
    async read({ follow, grep, line, source = 'rotation' }) {
      const over = new AbortController();
      const clock = { now: () => nowMs };
      const logs = openAwsLogs(
        { clients, names, own: 'staging-data-pipeline-sample', rotationStrategy: 'single-user' },
        {
          journal: async () => ({ begin: async () => {}, end: async () => {}, list: async () => [] }),
          bastionId: async () => {
            throw new Error('no bastion runs');
          },
          clock,
          pause: async (ms) => void waits.push(ms),
        },
      );
      const looking = { ...logs, lookEveryMs: 0 };
      Object.defineProperty(looking, 'lookEveryMs', {
        get: () => {
          nowMs += lookMs;
          return 0;
        },
      });
      await readLogs(
        {
          source,
          sinceMs: 3_600_000,
          follow,
          signal: over.signal,
          ...(grep === undefined ? {} : { grep }),
        },
        {
          logs: looking,
          clock,
          notify: (sentence) => said.push(sentence),
          line: async (found) => line(found, () => over.abort(new Error('enough'))),
        },
      );
    },
  };
}

test('of 1,000,000 numbered lines, with cuts, throttling, repeats and late lines, none is lost and none comes twice', {
  timeout: 300_000,
}, async (t) => {
  const lines = 1_000_000;
  const backlog = 600_000;
  const FAULTS: readonly LogFault[] = ['cut', 'throttled', 'twice', 'empty', 'forgotten', 'broken'];
  const { server, read } = await rig(t, {
    lines,
    pageLines: 10_000,
    lookMs: 12_000,
    // The first are there when dp begins; the rest come at 333 a second.
    atMs: (n) => (n < backlog ? START_MS - 3_000_000 + n * 5 : START_MS + (n - backlog) * 3),
    lateMs: (n) => (n % 997 === 0 ? n % (LATE_MS_MAX + 1) : n % 13 === 0 ? n % 9_000 : 0),
    fault: (call, isContinued) => {
      const fault = call % 7 === 0 ? FAULTS[(call / 7) % FAULTS.length] : undefined;
      return fault === 'forgotten' && !isContinued ? 'cut' : fault;
    },
  });
  const times = new Uint8Array(lines);
  let given = 0;
  await assert.rejects(
    read({
      follow: true,
      line: ({ text }, stop) => {
        const n = Number(text.slice('line '.length));
        times[n] = (times[n] ?? 0) + 1;
        if (++given >= lines) stop();
      },
    }),
    /enough/,
  );
  assert.equal(
    times.findIndex((count) => count !== 1),
    -1,
  );
  for (const fault of FAULTS) assert.ok((server.faults.get(fault) ?? 0) > 0, `${fault} happened`);
});

const few = { lines: 3, pageLines: 10, atMs: (n: number) => START_MS - 60_000 + n };

test('a follower waits out what passes by itself, longer each time, and says so once', async (t) => {
  const { read, said, waits } = await rig(t, {
    ...few,
    // Beyond the SDK's own four attempts a call.
    fault: (call) => (call <= 20 ? 'broken' : undefined),
  });
  const found: string[] = [];
  await assert.rejects(
    read({
      follow: true,
      line: ({ text }, stop) => {
        found.push(text);
        if (found.length === 3) stop();
      },
    }),
    /enough/,
  );
  assert.deepEqual(found, ['line 0', 'line 1', 'line 2']);
  assert.equal(said.length, 2, said.join());
  assert.match(said.join(), /cannot be read just now \(a fault of AWS\); trying again\.,.* is read again/);
  assert.equal(waits.length, 5);
  assert.ok((waits.at(-1) ?? 0) > (waits[0] ?? 0));
});

test('without --follow it tries a while, then says what to do; credentials that ran out are told at once', async (t) => {
  const broken = await rig(t, { ...few, fault: () => 'broken' });
  const reading = broken.read({ follow: false, line: () => undefined });
  await assert.rejects(
    reading,
    (error: Failure) => error.kind === 'temporary' && error.code === 'aws-failed',
  );
  const expired = await rig(t, { ...few, fault: () => 'expired' });
  await assert.rejects(
    expired.read({ follow: true, line: () => undefined }),
    (error: Failure) => error.kind === 'denied' && /^Set AWS_ACCESS_KEY_ID/.test(error.nextSteps.join()),
  );
  assert.deepEqual(expired.waits, []);
});

test('a place that is forgotten again and again is an error, not a loop', async (t) => {
  const { read } = await rig(t, {
    ...few,
    pageLines: 1,
    fault: (_call, isContinued) => (isContinued ? 'forgotten' : undefined),
  });
  const found: string[] = [];
  await assert.rejects(
    read({ follow: false, line: ({ text }) => void found.push(text) }),
    (error: Failure) => error.code === 'aws-refused',
  );
  assert.deepEqual(found, ['line 0']);
});

test('only an expression that CloudWatch understands as dp does is left to it', async (t) => {
  const { read, server } = await rig(t, few);
  const found: string[] = [];
  const line = ({ text }: LogLine): void => void found.push(text);
  await read({ follow: false, grep: /1/u, line });
  await read({ follow: false, grep: /[12]$/u, line });
  assert.deepEqual(found, ['line 1', 'line 1', 'line 2']);
  assert.deepEqual(
    server.queries.map(({ filterPattern }) => filterPattern),
    ['%1%', undefined],
  );
  assert.equal(filterPatternOf(/a\/b:c/u), '%a/b:c%');
  for (const grep of [/a.b/u, /a b/u, /é/u, /a%b/u, /error/iu, /^a/u, /a\.b/u]) {
    assert.equal(filterPatternOf(grep), undefined, String(grep));
  }
});

test('of all sources those without a log are said once each; a single one without is an error', async (t) => {
  const { read, said } = await rig(t, few);
  const found: LogLine[] = [];
  await read({ follow: false, source: 'all', line: (line) => void found.push(line) });
  assert.deepEqual(
    found.map(({ source, text }) => `${source} ${text}`),
    ['rotation line 0', 'rotation line 1', 'rotation line 2'],
  );
  assert.equal(new Set(said).size, said.length);
  assert.match(said.join('\n'), /no log of database \(slowquery\) yet/);
  assert.match(said.join('\n'), /no lines of the bastion: no bastion runs/);
  const none = read({ follow: false, source: 'job', line: () => undefined });
  await assert.rejects(none, (error: Failure) => error.code === 'no-log-yet' && error.kind === 'not-ready');
});

test('a follower reads the group that a first crawl makes, from its first line', async (t) => {
  const madeMs = START_MS + 100_000;
  const { read, said } = await rig(t, {
    group: '/aws-glue/crawlers-role/glue-staging-data-pipeline-sample-database-crawler',
    lines: 3,
    pageLines: 10,
    madeMs,
    atMs: (n) => madeMs + n * 1_000,
  });
  const found: string[] = [];
  const follow = read({
    follow: true,
    source: 'crawler',
    line: ({ source, text }, stop) => {
      found.push(`${source} ${text}`);
      if (found.length === 3) stop();
    },
  });
  await assert.rejects(follow, /enough/);
  assert.deepEqual(found, ['crawler line 0', 'crawler line 1', 'crawler line 2']);
  assert.match(said.join(), /^There is no log of crawler yet: [^,]*$/);
});

test('sessions are told once each; throttling is waited out, and a bastion that was replaced is followed', async (t) => {
  let nowMs = START_MS;
  let bastion = 'i-old';
  const session = (id: string, Target: string, more: object = {}) => ({
    SessionId: id,
    Target,
    Owner: 'arn:aws:sts::123456789012:assumed-role/operator/ann',
    Reason: 'dp db tunnel',
    StartDate: (START_MS - 60_000) / 1000,
    ...more,
  });
  const sessions = [session('ann-1', 'i-old')];
  const identity =
    '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';
  const server = await startFaultServer(
    () => assert.fail('everything is answered here'),
    (call, body) => {
      if (call === 'GetCallerIdentity') return { answer: { status: 200, body: identity } };
      const { State, Filters } = JSON.parse(body.toString());
      const Sessions = sessions.filter(({ Target }) => State === 'Active' && Target === Filters[0].value);
      return { answer: { status: 200, body: { Sessions } } };
    },
  );
  const clients = openTestClients(server.endpoint);
  t.after(async () => {
    await clients.close();
    await server[Symbol.asyncDispose]();
  });
  const said: string[] = [];
  const signal = new AbortController().signal;
  const request = {
    fromMs: START_MS - 3_600_000,
    patient: true,
    signal,
    notify: (text: string) => said.push(text),
  };
  const clock = { now: () => nowMs };
  await using log = sessionReader({ clients, ...request }, { bastionId: async () => bastion, clock });
  const look = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { text } of log.lines()) found.push(text);
    return found;
  };
  assert.deepEqual(await look(), ['session ann-1 of ann began: dp db tunnel']);
  assert.deepEqual(await look(), []);
  // One call more than the SDK tries by itself.
  server.faults.push({
    call: '.DescribeSessions',
    answer: awsError('ThrottlingException', 'Rate exceeded'),
    times: 4,
  });
  sessions[0] = session('ann-1', 'i-old', { EndDate: START_MS / 1000, Status: 'Terminated' });
  assert.deepEqual(await look(), []);
  assert.match(
    said.join(),
    /^Cannot list the sessions on the bastion i-old: Rate exceeded\. Trying again\.$/,
  );
  assert.deepEqual(await look(), ['session ann-1 of ann ended (terminated)']);
  bastion = 'i-new';
  sessions.push(session('ann-2', 'i-new'));
  nowMs += 120_000;
  assert.deepEqual(await look(), ['session ann-2 of ann began: dp db tunnel']);
  assert.equal(said.length, 1);
});

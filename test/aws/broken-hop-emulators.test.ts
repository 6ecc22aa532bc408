// What a failing command says last in an environment on AWS: the one broken hop behind it. Real processes of the built dp.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { DeleteBucketCommand } from '@aws-sdk/client-s3';
import type { Diagnosis } from '../../src/operations/diagnose-platform.ts';
import { until } from '../../src/std/deadline.ts';
import { awsError } from '../support/aws-fault-server.ts';
import { SECRET_NAMES as NAMES } from '../support/aws-secrets.ts';
import { hopOf } from '../support/diagnose.ts';
import { type EmulatedPlatform, makeBucket, startEmulatedPlatform } from '../support/emulated-platform.ts';
import { type DpEnd, runDp, startDp } from '../support/run-dp.ts';

let platform: EmulatedPlatform;

before(async () => {
  platform = await startEmulatedPlatform();
});
beforeEach(() => platform.reset());
after(() => platform[Symbol.asyncDispose]());

const options = () => ({ cwd: platform.root, env: { ...platform.variables, DP_ENV: 'staging' } });
const dp = (...args: string[]): Promise<DpEnd> => runDp(args, options());
const always = (call: string, answer: ReturnType<typeof awsError>): void =>
  void platform.server.faults.push({ call, answer, times: 1_000 });
const NOT_THERE = awsError('ResourceNotFoundException', 'not there', 404);

/** Asserts that the command fails and says this hop last, once in words and once within its JSON. */
async function endsWith(words: RegExp, hop: string, args: readonly string[]): Promise<void> {
  const said = await dp(...args);
  assert.notEqual(said.code, 0);
  assert.match(said.stderr, words);
  assert.match(said.stderr, /^Error: /m);
  const { error } = JSON.parse((await dp(...args, '--json')).stdout);
  assert.equal(error.broken?.hop, hop, said.stderr);
  assert.ok(error.broken.command);
}

test('bastion: the error has said what is wrong with it, and that is not said again', async () => {
  platform.standIn.agent = () => ({ PingStatus: 'ConnectionLost', AgentVersion: '3.3.3572.0' });
  await endsWith(/ is ConnectionLost\.\n(.*\n)*Broken: bastion\n$/, 'bastion', ['db', 'exec', 'SELECT 1']);
});

test('aurora: stopped, with the very command that starts it', async () => {
  platform.standIn.cluster = () => 'stopped';
  const start = `aws rds start-db-cluster --db-cluster-identifier ${NAMES.cluster}`;
  const words = new RegExp(`Broken: aurora: the cluster is stopped\n +Try: ${start}\n$`);
  await endsWith(words, 'aurora', ['db', 'exec', 'SELECT 1']);
});

test('s3: the bucket of the lake is gone', async () => {
  const s3 = await platform.clients.s3();
  await s3.send(new DeleteBucketCommand({ Bucket: NAMES.etlBucket }));
  await endsWith(/Broken: s3: .* is not there\n +Try: dp deploy\n$/, 's3', ['etl', 'status']);
  // A day that fails is told in the result; the hop comes last all the same.
  const run = await dp('etl', 'run', '--date', '2026-11-20', '--json');
  assert.notEqual(run.code, 0);
  assert.match(run.stdout.trim().split('\n').at(-1) ?? '', /"s3"/);
  await makeBucket(platform.clients, NAMES.etlBucket);
});

test('athena workgroup: switched off, which is no fault of the SQL', async () => {
  const WorkGroup = { Name: NAMES.workgroup, State: 'DISABLED' };
  always('.GetWorkGroup', { status: 200, body: { WorkGroup } });
  always('.StartQueryExecution', awsError('InvalidRequestException', 'WorkGroup is disabled.'));
  await endsWith(/Broken: athena workgroup: it is disabled\n/, 'athena workgroup', ['query', 'SELECT 1']);
});

test('schedule: there is none', async () => {
  always(`GET /schedules/${NAMES.schedule}?groupName=${NAMES.scheduleGroup}`, NOT_THERE);
  await endsWith(/Broken: schedule\n$/, 'schedule', ['etl', 'schedule', 'pause']);
});

test('secrets: the one of etl_reader is not there', async () => {
  always('.DescribeSecret', awsError('ResourceNotFoundException', 'not there'));
  await endsWith(/Broken: secrets\n$/, 'secrets', ['secrets', 'history', 'etl_reader']);
});

test('stacks: the API was never deployed', async () => {
  const gone =
    '<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack does not exist</Message></Error></ErrorResponse>';
  always('DescribeStacks', { status: 400, body: gone });
  await endsWith(/Broken: stacks: not deployed: /, 'stacks', ['api', 'call', 'GET', '/health']);
});

test('shop api function: the address does not answer, since the function cannot start', async () => {
  platform.standIn.function = () => ({ State: 'Failed', StateReason: 'The image is not there' });
  platform.standIn.api = () => 'cut';
  const words = /Broken: shop api function: it cannot start: The image is not there\n/;
  await endsWith(words, 'shop api function', ['api', 'call', 'GET', '/health']);
});

test('glue connection: it is gone, and the crawler that goes through it too', async () => {
  always('.GetConnection', awsError('EntityNotFoundException', 'no connection'));
  await endsWith(/Broken: glue connection: .* is not there\n/, 'glue connection', ['crawler', 'run', 'x']);
});

test('a wrong question, and a hop that nobody may look at, name nothing', async () => {
  platform.standIn.target = () => 'UNAVAILABLE';
  for (const args of [
    ['etl', 'show', '--date', 'yesterday'],
    ['destroy'],
    ['secrets', 'rotate', 'admin', '--yes'],
  ]) {
    const { code, stderr } = await dp(...args);
    assert.ok(code === 64 || code === 4, stderr);
    assert.doesNotMatch(stderr, /Broken/);
  }
  platform.reset();
  always(
    '.GetConnection',
    awsError('AccessDeniedException', 'not authorized to perform: glue:GetConnection'),
  );
  const hop = hopOf(JSON.parse((await dp('doctor', '--json')).stdout) as Diagnosis, 'glue connection');
  assert.equal(hop.light, 'yellow');
  assert.match(hop.reason, /^it cannot be looked at: .*glue:GetConnection/);
  const failing = await dp('etl', 'show', '--date', '2026-11-20');
  assert.doesNotMatch(failing.stderr, /Broken: glue/);
});

test('config: what cannot be read is the first hop, and nothing is asked', async () => {
  const path = join(platform.root, 'dp.config.json');
  const text = readFileSync(path);
  writeFileSync(path, '{');
  const calls = platform.server.calls.length;
  const { code, stdout } = await dp('doctor', '--json');
  writeFileSync(path, text);
  assert.equal(code, 3);
  assert.equal((JSON.parse(stdout) as Diagnosis).broken, 'config');
  assert.equal(platform.server.calls.length, calls);
});

/** Three hops get no answer at all. */
function fallSilent(): void {
  for (const call of ['.GetWorkGroup', '.GetConnection', 'DescribeDBProxies']) {
    platform.server.faults.push({ call, answer: 'silent', times: 1_000 });
  }
}

test('a hint that is not found in 3 s is given up, and the command ends', async () => {
  fallSilent();
  const child = startDp(['crawler', 'run', 'x'], options());
  const ended = once(child, 'exit');
  await once(child.stderr as NodeJS.ReadableStream, 'data');
  const said = performance.now();
  assert.deepEqual(await ended, [1, null]);
  // The call itself would be given up on after minutes.
  assert.ok(performance.now() - said < 20_000);
});

test('Ctrl-C ends a doctor that waits for an answer', async () => {
  fallSilent();
  const child = startDp(['doctor'], options());
  const ended = once(child, 'exit');
  const calls = platform.server.calls.length;
  const asked = async (): Promise<true | undefined> =>
    platform.server.calls.slice(calls).some((call) => call.endsWith('.GetWorkGroup')) || undefined;
  assert.ok(await until(asked, { timeoutMs: 30_000, everyMs: 20 }));
  child.kill('SIGINT');
  // By itself, and not by the signal that ends what does not end in time.
  assert.deepEqual(await ended, [130, null]);
});

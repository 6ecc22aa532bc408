// `dp logs` as an operator runs it in an AWS environment, against an emulator of CloudWatch Logs.
import assert from 'node:assert/strict';
import { once as event } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { platformNames } from '../../src/config/platform-names.ts';
import type { LogLine } from '../../src/platform/logs.ts';
import { once } from '../../src/std/once.ts';
import { awsVariables, TEST_ACCOUNT } from '../support/aws-environment.ts';
import { useEmulator } from '../support/open-emulators.ts';
import { type DpEnd, runDp, startDp } from '../support/run-dp.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const moto = useEmulator('moto');
const names = platformNames({
  environment: 'staging',
  project: 'data-pipeline-sample',
  account: TEST_ACCOUNT,
});
const crawlers = '/aws-glue/crawlers-role/staging-data-pipeline-sample-database-crawler-glue';
const now = Date.now();

const filled = once(async () => {
  await put(names.logs.api, [now - 50_000, now - 20_000], 'GET /health 200');
  await put(names.logs.apiAccess, [now - 49_000], '{"status":"200"}');
  await put(`${names.logs.job}-staging-data-pipeline-sample-glue`, [now - 40_000], 'loaded orders');
  await put(names.logs.database('slowquery'), [now - 30_000], 'SELECT SLEEP(2)');
  await put(crawlers, [now - 10_000], 'Crawler has finished');
  await put('/aws-glue/crawlers-role/production-data-pipeline-sample-x', [now], 'of another environment');
});

async function put(group: string, times: readonly number[], message: string): Promise<void> {
  const client = await moto.clients().cloudWatchLogs();
  const place = { logGroupName: group, logStreamName: 'one' };
  await client.send(new CreateLogGroupCommand({ logGroupName: group }));
  await client.send(new CreateLogStreamCommand(place));
  const logEvents = times.map((timestamp, n) => ({ timestamp, message: `${message} #${n}\n` }));
  await client.send(new PutLogEventsCommand({ ...place, logEvents }));
}

async function project(t: Parameters<typeof temporaryFolder>[0]) {
  await filled();
  const cwd = await temporaryFolder(t);
  const environments = { staging: { kind: 'aws', account: TEST_ACCOUNT } };
  await writeFile(
    join(cwd, 'dp.config.json'),
    JSON.stringify({ environments, defaultEnvironment: 'staging' }),
  );
  const options = { cwd, env: awsVariables(moto.endpoint()) };
  return { options, dp: (...args: string[]): Promise<DpEnd> => runDp(args, options) };
}

test('all sources of an AWS environment are merged by time, each with its part', async (t) => {
  const { dp } = await project(t);
  const { code, stdout, stderr } = await dp('logs', '--json');
  assert.equal(code, 0, stderr);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine);
  assert.deepEqual(
    lines.map(({ source, part, text }) => `${source}/${part ?? ''} ${text}`),
    [
      'api/function GET /health 200 #0',
      'api/access {"status":"200"} #0',
      'job/driver loaded orders #0',
      'database/slowquery SELECT SLEEP(2) #0',
      'api/function GET /health 200 #1',
      'crawler/ Crawler has finished #0',
    ],
  );
  const words = await dp('logs', 'database');
  assert.match(words.stdout, /Z {2}database {2}slowquery {2}SELECT SLEEP\(2\) #0\n$/);
  assert.match(words.stderr, /no log of database \(audit\) yet/);
  const none = await dp('logs', 'rotation');
  assert.equal(none.code, 3);
  assert.match(none.stderr, /There is no log of rotation yet/);
});

test('--follow gives a line that comes later once, and a closed pipe ends it', {
  timeout: 60_000,
}, async (t) => {
  const { options } = await project(t);
  const child = startDp(['logs', 'crawler', '--follow', '--json'], options);
  const ended = event(child, 'exit');
  let said = '';
  const seen = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => void (said.includes(text) && resolve());
      child.stdout?.on('data', look);
      look();
    });
  child.stdout?.on('data', (chunk) => {
    said += chunk;
  });
  await seen('finished #0');
  const client = await moto.clients().cloudWatchLogs();
  const place = { logGroupName: crawlers, logStreamName: 'one' };
  for (const message of ['came later', 'and the last']) {
    await client.send(new PutLogEventsCommand({ ...place, logEvents: [{ timestamp: Date.now(), message }] }));
    await seen(message);
  }
  assert.equal(said.trim().split('\n').length, 3, said);
  child.stdout?.destroy();
  await client.send(
    new PutLogEventsCommand({ ...place, logEvents: [{ timestamp: Date.now(), message: 'to nobody' }] }),
  );
  assert.deepEqual(await ended, [0, null]);
});

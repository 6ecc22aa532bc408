// What dp changes in an AWS environment is seen by the whole team: real S3 calls and real processes, against an emulator.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { openTeamJournal } from '../../src/aws/journal.ts';
import { openAwsLake } from '../../src/aws/lake.ts';
import { platformNames } from '../../src/config/platform-names.ts';
import { openFileJournal } from '../../src/local/journal.ts';
import type { HistoryEntry } from '../../src/operations/list-history.ts';
import { recordChange } from '../../src/operations/record-change.ts';
import type { Journal } from '../../src/platform/journal.ts';
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
let nowMs = Date.parse('2026-11-24T00:00:00Z');
const clock = { now: () => (nowMs += 1000) };
let changes = 0;

async function makeBucket(name: string): Promise<void> {
  const place = { CreateBucketConfiguration: { LocationConstraint: TEST_REGION } } as const;
  await (await moto.clients().s3()).send(new CreateBucketCommand({ Bucket: name, ...place }));
}

/** The journal as one colleague's machine has it. */
async function machine(t: TestContext, bucket: string, said: string[] = []): Promise<Journal> {
  const mine = openFileJournal({ path: join(await temporaryFolder(t), 'staging.jsonl') });
  const lake = openAwsLake({ clients: moto.clients(), bucket });
  const identity = async () => 'operator/ann';
  return openTeamJournal({ mine, bucket: async () => lake, identity, notify: (text) => said.push(text) });
}

function change(journal: Journal, command: string, changed = true): Promise<void> {
  return recordChange(
    { command, who: 'ann@desk', reason: 'month end' },
    {
      journal,
      clock,
      newId: () => `id${++changes}`,
      work: async () => undefined,
      outcome: () => ({ changed }),
    },
  );
}

test('a colleague sees who changed what and why; what changed nothing and what is too old is not shown', async (t) => {
  await makeBucket('team-seen');
  const ann = await machine(t, 'team-seen');
  const ben = await machine(t, 'team-seen');
  for (const command of ['dp deploy', 'dp etl run', 'dp secrets rotate']) await change(ann, command);
  await change(ann, 'dp destroy', false);
  await ann.begin({
    id: 'killed',
    startedAt: '2026-11-25T00:00:00.000Z',
    who: 'ann@desk',
    command: 'dp etl gc',
  });
  const shown = (await ben.list()).map(({ command, who, state, reason }) => [command, who, state, reason]);
  const who = 'operator/ann (ann@desk)';
  assert.deepEqual(shown, [
    ['dp deploy', who, 'done', 'month end'],
    ['dp etl run', who, 'done', 'month end'],
    ['dp secrets rotate', who, 'done', 'month end'],
    ['dp etl gc', who, 'unfinished', undefined],
  ]);
  assert.deepEqual(
    (await ben.list({ entriesMax: 2 })).map(({ command }) => command),
    ['dp secrets rotate', 'dp etl gc'],
  );
  await change(ben, 'dp job run');
  const fromMs = Date.parse('2026-11-24T00:00:00Z') + 3_000;
  assert.deepEqual(
    (await ann.list({ fromMs })).map(({ command }) => command),
    ['dp etl run', 'dp secrets rotate', 'dp job run', 'dp etl gc'],
  );
});

test('a change goes on while the team’s journal cannot be reached, and is sent with the next one', async (t) => {
  const said: string[] = [];
  const ann = await machine(t, 'team-later', said);
  await change(ann, 'dp deploy');
  assert.equal(said.length, 1, said.join());
  assert.match(said[0] ?? '', /cannot be written to .*kept here and sent with the next change/);
  assert.equal((await ann.list()).length, 1, 'what this machine did is known here');
  await makeBucket('team-later');
  const ben = await machine(t, 'team-later');
  assert.deepEqual(await ben.list(), []);
  await change(ann, 'dp etl run');
  assert.deepEqual(
    (await ben.list()).map(({ command, state }) => `${command} ${state}`),
    ['dp deploy done', 'dp etl run done'],
  );
});

test('a paused schedule is in the history with its inverse, and a colleague can undo it', async (t) => {
  await makeBucket(names.etlBucket);
  await makeDailySchedule(moto.clients(), names);
  const project = async () => {
    const cwd = await temporaryFolder(t);
    const environments = { staging: { kind: 'aws', account: TEST_ACCOUNT } };
    await writeFile(
      join(cwd, 'dp.config.json'),
      JSON.stringify({ environments, defaultEnvironment: 'staging' }),
    );
    return (...args: string[]): Promise<DpEnd> => runDp(args, { cwd, env: awsVariables(moto.endpoint()) });
  };
  const ann = await project();
  const ben = await project();
  const entries = async (): Promise<HistoryEntry[]> =>
    JSON.parse((await ben('history', '--json')).stdout).entries;
  assert.equal((await ann('etl', 'schedule', 'set', '--time', '03:30', '--reason', 'a long backup')).code, 0);
  assert.equal((await ann('etl', 'schedule', 'pause')).code, 0);
  assert.equal((await ann('etl', 'schedule', 'pause')).code, 0);
  const [paused, moved, ...others] = await entries();
  assert.equal(others.length, 0, 'pausing what is paused changes nothing');
  assert.match(moved?.command ?? '', /^dp etl schedule set --time 03:30/);
  assert.equal(moved?.reason, 'a long backup');
  assert.match(paused?.who ?? '', /^\S+\/\S+ \(\S+@\S+\)$/);
  const words = (await ben('history')).stdout;
  assert.match(words, /inverse: dp etl schedule resume\n.*to undo: dp undo /);
  assert.match(words, /inverse: dp etl schedule set --time 02:00\n/);
  const early = await ben('undo', moved?.id ?? '', '--yes');
  assert.equal(early.code, 1);
  assert.match(early.stderr, /the schedule was changed again since/);
  for (const { id } of [paused, moved] as HistoryEntry[]) {
    const undone = await ben('undo', id, '--yes');
    assert.equal(undone.code, 0, undone.stderr);
  }
  const { enabled, expression } = JSON.parse((await ann('etl', 'schedule', 'show', '--json')).stdout);
  assert.deepEqual([enabled, expression], [true, 'cron(0 2 * * ? *)']);
  assert.equal((await entries())[0]?.undoes, moved?.id);
});

import assert from 'node:assert/strict';
import { appendFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openFileJournal } from '../../src/local/journal.ts';
import { recordChange } from '../../src/operations/record-change.ts';
import { Failure } from '../../src/std/failure.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const clock = { now: () => Date.parse('2026-11-24T00:00:00Z') };

test('a change is two lines in a file of its owner, and one entry', async (t) => {
  const path = join(await temporaryFolder(t), 'deep', 'local.jsonl');
  const journal = openFileJournal({ path });
  assert.deepEqual(await journal.list(), []);
  const words = { command: 'dp etl run', who: 'ann@desk', reason: 'month end' };
  const result = await recordChange(words, {
    journal,
    clock,
    newId: () => 'a1',
    work: async () => 7,
    outcome: (seven) => ({ changed: true, ids: { run: String(seven) } }),
  });
  assert.equal(result, 7);
  assert.equal((await readFile(path, 'utf8')).trim().split('\n').length, 2);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const at = '2026-11-24T00:00:00.000Z';
  assert.deepEqual(await journal.list(), [
    { id: 'a1', startedAt: at, ...words, state: 'done', endedAt: at, ids: { run: '7' }, inverses: [] },
  ]);
});

test('a failed change says why, a killed one is unfinished, a refused or empty one is left out', async (t) => {
  const journal = openFileJournal({ path: join(await temporaryFolder(t), 'j') });
  const words = { command: 'dp deploy', who: 'ann' };
  const change = (id: string, work: () => Promise<void>, changed = true) =>
    recordChange(words, { journal, clock, newId: () => id, work, outcome: () => ({ changed }) });
  await assert.rejects(change('failed', () => Promise.reject(new Error('no disk'))));
  const refusal = new Failure({ code: 'no', kind: 'confirmation', message: 'no', nextSteps: ['yes'] });
  await assert.rejects(change('refused', () => Promise.reject(refusal)));
  await change('empty', async () => undefined, false);
  await journal.begin({ id: 'killed', startedAt: '2026-11-24T00:00:00.000Z', ...words });
  const entries = await journal.list();
  assert.deepEqual(
    entries.map(({ id, state, error }) => [id, state, error]),
    [
      ['failed', 'failed', 'no disk'],
      ['killed', 'unfinished', undefined],
    ],
  );
});

test('a line that a kill cut off costs nothing but itself', async (t) => {
  const path = join(await temporaryFolder(t), 'j');
  const journal = openFileJournal({ path });
  const begun = { startedAt: '2026-11-24T00:00:00.000Z', who: 'ann', command: 'dp deploy' };
  await journal.begin({ id: 'one', ...begun });
  await appendFile(path, '{"line":"end","id":"one","sta\n');
  await journal.begin({ id: 'two', ...begun });
  assert.deepEqual(
    (await journal.list()).map(({ id }) => id),
    ['one', 'two'],
  );
});

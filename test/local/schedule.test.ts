import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { openLocalSchedule } from '../../src/local/schedule.ts';
import type { Schedule } from '../../src/platform/schedule.ts';
import { scheduleContract } from '../contract/schedule.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function open(t: TestContext): Promise<{ schedule: Schedule; file: string }> {
  const file = join(await temporaryFolder(t), 'schedule.json');
  return { schedule: openLocalSchedule({ file, name: 'local-shop-daily' }), file };
}

scheduleContract('local', async (t) => (await open(t)).schedule);

test('the schedule is kept while one process keeps it, and only one may', async (t) => {
  const { schedule, file } = await open(t);
  const other = openLocalSchedule({ file, name: 'local-shop-daily' });
  assert.equal((await schedule.show())?.kept, false);
  await schedule.keep?.(async () => {
    assert.equal((await other.show())?.kept, true);
    assert.ok(other.keep !== undefined);
    await assert.rejects(
      other.keep(async () => assert.fail('two keep it')),
      { code: 'schedule-kept-already' },
    );
  });
  assert.equal((await schedule.show())?.kept, false);
});

test('a file that is not JSON is an error that says what to do', async (t) => {
  const { schedule, file } = await open(t);
  await writeFile(file, '{');
  await assert.rejects(schedule.show(), { code: 'schedule-unreadable' });
});

import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Schedule } from '../../src/platform/schedule.ts';

/** What every environment's schedule does. `open` gives one of two o'clock in Japan that is not paused. */
export function scheduleContract(label: string, open: (t: TestContext) => Promise<Schedule>): void {
  test(`${label}: the schedule is shown, and a change alters only what it names`, async (t) => {
    const schedule = await open(t);
    const first = await schedule.show();
    assert.deepEqual(
      [first?.expression, first?.timeZone, first?.enabled],
      ['cron(0 2 * * ? *)', 'Asia/Tokyo', true],
    );
    assert.deepEqual(await schedule.change({ enabled: false }), { ...first, enabled: false });
    const moved = { ...first, enabled: false, expression: 'cron(30 3 * * ? *)' };
    assert.deepEqual(await schedule.change({ expression: moved.expression }), moved);
    assert.deepEqual(await schedule.show(), moved);
    assert.deepEqual(await schedule.change({ enabled: true }), { ...moved, enabled: true });
  });
}

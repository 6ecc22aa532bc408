import assert from 'node:assert/strict';
import test from 'node:test';
import { watchLimits } from '../../src/operations/session-limits-watch.ts';

const MINUTE = 60_000;

test('the idle limit is warned of once, two minutes before, and again after new activity', () => {
  const watch = watchLimits({ idleMs: 20 * MINUTE, maximumMs: undefined }, 0);
  assert.equal(watch.look(0, 10), undefined);
  assert.equal(watch.look(17.9 * MINUTE, 10), undefined);
  assert.match(watch.look(18 * MINUTE, 10) ?? '', /about 2 min until the session's idle limit of 20 min/u);
  assert.equal(watch.look(19 * MINUTE, 10), undefined);
  assert.equal(watch.look(19.5 * MINUTE, 11), undefined);
  assert.equal(watch.look(37 * MINUTE, 11), undefined);
  assert.match(watch.look(37.6 * MINUTE, 11) ?? '', /idle limit/u);
});

test('a short limit is warned of in its last fifth', () => {
  const watch = watchLimits({ idleMs: MINUTE, maximumMs: undefined }, 0);
  assert.equal(watch.look(0, 1), undefined);
  assert.equal(watch.look(47_000, 1), undefined);
  assert.match(watch.look(48_000, 1) ?? '', /less than a minute/u);
});

test('the maximum duration is warned of however busy the session is, and once', () => {
  const watch = watchLimits({ idleMs: undefined, maximumMs: 60 * MINUTE }, 0);
  let warnings = 0;
  for (let minute = 0; minute < 60; minute++)
    if (watch.look(minute * MINUTE, minute) !== undefined) warnings += 1;
  assert.equal(warnings, 1);
});

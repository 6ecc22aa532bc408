import assert from 'node:assert/strict';
import test from 'node:test';
import { addDays, assertDayOver, dayAt, dayWindow, listDays, parseDay } from '../../src/etl/business-day.ts';

test('a day in Japan begins at 15:00 UTC of the day before', () => {
  assert.deepEqual(dayWindow('2026-11-22'), {
    fromUtc: '2026-11-21 15:00:00.000000',
    toUtc: '2026-11-22 15:00:00.000000',
  });
  assert.deepEqual(dayWindow('2024-03-01'), {
    fromUtc: '2024-02-29 15:00:00.000000',
    toUtc: '2024-03-01 15:00:00.000000',
  });
  assert.deepEqual(dayWindow('2027-01-01').fromUtc, '2026-12-31 15:00:00.000000');
});

test('windows of neighbouring days touch and do not overlap', () => {
  for (const day of listDays({ from: '2023-12-20', to: '2024-03-05' })) {
    assert.equal(dayWindow(day).toUtc, dayWindow(addDays(day, 1)).fromUtc);
  }
});

test('the last microsecond before 15:00 UTC belongs to the day before', () => {
  assert.equal(dayAt(Date.parse('2026-11-21T14:59:59.999Z')), '2026-11-21');
  assert.equal(dayAt(Date.parse('2026-11-21T15:00:00.000Z')), '2026-11-22');
});

for (const [text, says] of [
  ['2026-02-30', /calendar has no such day/],
  ['2025-02-29', /calendar has no such day/],
  ['2026-13-01', /calendar has no such day/],
  ['2026-1-1', /YYYY-MM-DD/],
  ['yesterday', /YYYY-MM-DD/],
  ["2026-01-01'; DROP", /YYYY-MM-DD/],
] as const) {
  test(`${text} is no day`, () =>
    assert.throws(() => parseDay(text), { code: 'bad-date', kind: 'usage', message: says }));
}

test('a leap day is a day', () => assert.equal(parseDay('2024-02-29'), '2024-02-29'));

test('a range includes both ends, and does not run backwards', () => {
  assert.deepEqual(listDays({ from: '2026-02-27', to: '2026-03-01' }), [
    '2026-02-27',
    '2026-02-28',
    '2026-03-01',
  ]);
  assert.deepEqual(listDays({ from: '2026-02-27', to: '2026-02-27' }), ['2026-02-27']);
  assert.throws(() => listDays({ from: '2026-02-28', to: '2026-02-27' }), {
    code: 'range-backwards',
    kind: 'usage',
  });
  assert.throws(() => listDays({ from: '1926-02-28', to: '2026-02-27' }), { code: 'range-too-long' });
});

test('today and later cannot be loaded, yesterday can', () => {
  const now = Date.parse('2026-11-22T14:59:59.999Z');
  assert.throws(() => assertDayOver('2026-11-22', now), { code: 'day-not-over', message: /today in Japan/ });
  assert.throws(() => assertDayOver('2026-11-23', now), { code: 'day-not-over', message: /future/ });
  assertDayOver('2026-11-21', now);
  assertDayOver('2026-11-22', now + 1);
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { clockText, formatMoment } from '../../src/cli/format/moment.ts';

test('a moment is read on a clock in Japan, across midnight and the year', () => {
  assert.equal(formatMoment('2026-11-27T17:00:00.000Z'), '2026-11-28 02:00:00 JST');
  assert.equal(formatMoment(Date.UTC(2026, 11, 31, 15)), '2027-01-01 00:00:00 JST');
  assert.equal(clockText('2026-11-27T00:00:00+09:00'), '2026-11-27 00:00:00');
});

test('what is no moment is shown as it came', () => {
  assert.equal(clockText(''), '');
});

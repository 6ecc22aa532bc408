import assert from 'node:assert/strict';
import test from 'node:test';
import { exactFractions } from '../../src/local/exact-fractions.ts';

test('moments have as many digits behind the second as their type, alone and in arrays', () => {
  const types = [
    'timestamp(3)',
    'timestamp(6)',
    'timestamp(0)',
    'timestamp(3) with time zone',
    'time(3)',
    'array(timestamp(3))',
    'varchar',
  ];
  const at = '2026-11-22 01:02:03';
  const rows = [
    [at, `${at}.5`, at, `${at} Asia/Tokyo`, '01:02:03.1', [at, null], at],
    [null, null, null, null, null, null, null],
  ];
  assert.deepEqual(exactFractions(types)?.(rows), [
    [`${at}.000`, `${at}.500000`, at, `${at}.000 Asia/Tokyo`, '01:02:03.100', [`${at}.000`, null], at],
    [null, null, null, null, null, null, null],
  ]);
});

test('where no column holds moments there is nothing to do', () => {
  assert.equal(exactFractions(['varchar', 'decimal(12,2)', 'map(varchar, integer)']), undefined);
});

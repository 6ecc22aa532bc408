import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { shellWord } from '../../src/std/shell-word.ts';

test('a shell hands every word on as it was', () => {
  const words = [
    '--date=2026-11-22',
    'SELECT 1',
    "DELETE FROM t WHERE a = '…'",
    `it's "both"`,
    '',
    '$HOME `id` \\n !',
    "'$x'",
    '二行\nの文',
    '*',
  ];
  const script = `printf '%s\\0' ${words.map(shellWord).join(' ')}`;
  const given = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
  assert.deepEqual(given, words);
});

test('a word that needs no quotes gets none', () => {
  assert.equal(shellWord('s3://bucket/a_b.csv'), 's3://bucket/a_b.csv');
  assert.equal(shellWord("VALUES 'x'"), `"VALUES 'x'"`);
});

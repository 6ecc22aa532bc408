import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { splitShellLine } from '../../src/cli/shell-line.ts';

const texts = (line: string): string[] => splitShellLine(line).map((word) => word.text);

const LINES = [
  `dp query "SELECT 'a', \\"b\\" FROM t" --format csv`,
  `dp query 'it is $HOME' --saved day\\ sales`,
  `a"b c"d'e f'g \\'x\\" "" '' end`,
  `dp logs --grep='a|b;c' # the rest is said to a person`,
  `x \\\\ "a\\b" "a\\\\b" 'a\\b'`,
  `dp query "売上 SELECT" --saved 日次`,
];

test('words are those that a shell makes of the line', () => {
  for (const line of LINES) {
    const said = execFileSync('bash', ['-c', `printf '%s\\0' ${line.replaceAll('$HOME', '$HOME')}`]);
    assert.deepEqual(texts(line), said.toString().split('\0').slice(0, -1), line);
  }
});

test('what is being typed is the last word, with the quote that is open', () => {
  assert.deepEqual(texts('dp etl '), ['dp', 'etl', '']);
  assert.deepEqual(texts(''), ['']);
  const [, , last] = splitShellLine('dp query "SELECT a');
  assert.deepEqual(last, { text: 'SELECT a', openQuote: '"', operator: false });
});

test('operators are no words, and nothing is expanded', () => {
  assert.deepEqual(
    splitShellLine('dp query - < a.sql | head').map((word) => [word.text, word.operator]),
    [
      ['dp', false],
      ['query', false],
      ['-', false],
      ['<', true],
      ['a.sql', false],
      ['|', true],
      ['head', false],
    ],
  );
  assert.deepEqual(texts('echo $(touch x) `id` $HOME'), ['echo', '$(touch', 'x)', '`id`', '$HOME']);
});

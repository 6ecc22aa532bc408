import assert from 'node:assert/strict';
import test from 'node:test';
import { FORMATS, type Format, openFormatter } from '../../src/cli/format/formatter.ts';
import { visible } from '../../src/cli/format/visible.ts';
import type { ResultColumn, Value } from '../../src/platform/warehouse.ts';

interface Given {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Value[])[];
  readonly terminal?: boolean;
  readonly widthMax?: number;
}

async function format(name: Format, given: Given): Promise<string> {
  const { columns, rows, terminal = false, widthMax } = given;
  const formatter = await openFormatter(name, {
    columns,
    terminal,
    ...(widthMax === undefined ? {} : { widthMax }),
  });
  return formatter.head() + formatter.rows(rows) + formatter.tail({ rows: rows.length });
}

const varchar = (name: string): ResultColumn => ({ name, type: 'varchar' });
const bigint = (name: string): ResultColumn => ({ name, type: 'bigint' });

test('a table counts Japanese letters and emoji as the terminal shows them', async () => {
  const text = await format('table', {
    columns: [varchar('name'), bigint('n')],
    rows: [
      ['山田 太郎', 1n],
      ['👨‍👩‍👧 家族', 20n],
      ['e\u0301', 300n],
    ],
  });
  assert.equal(
    text,
    [
      'name         n',
      '─────────  ───',
      '山田 太郎    1',
      '👨‍👩‍👧 家族     20',
      'e\u0301          300',
      '',
    ].join('\n'),
  );
});

test('a terminal table is cut to its width, whole characters only, and a pipe is not cut', async () => {
  const rows = [['あ'.repeat(40), 1n]];
  const columns = [varchar('text'), bigint('n')];
  const narrow = await format('table', { columns, rows, terminal: true, widthMax: 20 });
  assert.equal(narrow.split('\n')[2], `${'あ'.repeat(8)}…  1`);
  const wide = await format('table', { columns, rows });
  assert.ok(wide.includes('あ'.repeat(40)));
});

test('NULL and the empty string stay apart in every format', async () => {
  const given = { columns: [varchar('a'), varchar('b')], rows: [[null, '']] };
  assert.equal(await format('csv', given), 'a,b\n,""\n');
  assert.match(await format('table', given), /^NULL$/m);
  assert.match(await format('markdown', given), /\| NULL \| {2}\|/);
  assert.deepEqual(JSON.parse(await format('json', given)).rows, [[null, '']]);
  assert.deepEqual(JSON.parse(await format('ndjson', given)), { a: null, b: '' });
});

test('json keeps integers exact, decimals as text, and gives columns, rows and stats in one object', async () => {
  const columns = [bigint('small'), bigint('large'), { name: 'd', type: 'decimal(12,2)' }];
  const text = await format('json', { columns, rows: [[7n, 2n ** 53n, '12.30']] });
  assert.deepEqual(JSON.parse(text), {
    columns,
    rows: [[7, '9007199254740992', '12.30']],
    stats: { rows: 1 },
  });
});

test('an empty result is a whole answer in every format', async () => {
  const given = { columns: [varchar('a')], rows: [] };
  assert.deepEqual(JSON.parse(await format('json', given)), {
    columns: given.columns,
    rows: [],
    stats: { rows: 0 },
  });
  assert.equal(await format('csv', given), 'a\n');
  assert.equal(await format('ndjson', given), '');
  assert.equal(await format('table', given), 'a\n─\n');
  assert.equal(await format('markdown', given), '| a |\n| --- |\n');
});

test('two columns of one name both survive', async () => {
  const given = { columns: [varchar('a'), varchar('a'), varchar('a')], rows: [['1', '2', '3']] };
  assert.equal(await format('csv', given), 'a,a,a\n1,2,3\n');
  assert.deepEqual(JSON.parse(await format('ndjson', given)), { a: '1', a_2: '2', a_3: '3' });
});

test('csv quotes what needs it and nothing else', async () => {
  const rows = [['plain', 'a,b', 'say "hi"', 'two\nlines', ' spaced ']];
  const columns = ['a', 'b', 'c', 'd', 'e'].map(varchar);
  assert.equal(
    await format('csv', { columns, rows }),
    'a,b,c,d,e\nplain,"a,b","say ""hi""","two\nlines", spaced \n',
  );
});

test('data never drives the terminal, in any format', async () => {
  const hostile = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202etxt.exe\u200bA\rB\u0000';
  for (const name of FORMATS) {
    const text = await format(name, { columns: [varchar(hostile)], rows: [[hostile]], terminal: true });
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/, name);
  }
});

test('a pipe gets data as it is', async () => {
  const text = await format('csv', { columns: [varchar('a')], rows: [['\u001b[31m']] });
  assert.equal(text, 'a\n\u001b[31m\n');
});

test('control characters are written out, letters and emoji joiners are not', () => {
  assert.equal(visible('a\tb\nc\u001b[0m'), 'a\\tb\\nc\\u001b[0m');
  assert.equal(visible('👨‍👩‍👧 ｶﾅ 漢字'), '👨‍👩‍👧 ｶﾅ 漢字');
});

test('markdown escapes pipes and line ends', async () => {
  const text = await format('markdown', { columns: [varchar('a')], rows: [['x|y\nz\\']] });
  assert.equal(text, '| a |\n| --- |\n| x\\|y<br>z\\\\ |\n');
});

test('a million characters in one cell and a thousand columns are no trouble', async () => {
  const columns = Array.from({ length: 1000 }, (_, index) => varchar(`c${index}`));
  const row = columns.map((_, index) => (index === 0 ? 'x'.repeat(1_000_000) : String(index)));
  for (const name of FORMATS) {
    const text = await format(name, { columns, rows: [row], terminal: true, widthMax: 80 });
    assert.ok(text.length > 1000, name);
  }
});

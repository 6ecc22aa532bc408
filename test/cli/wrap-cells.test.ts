// Tables of words on a terminal that is too narrow for them.
import assert from 'node:assert/strict';
import test from 'node:test';
import { textWidth } from '../../src/cli/format/text-width.ts';
import { wrapCells } from '../../src/cli/format/wrap-cells.ts';

const TITLES = ['name', 'rows', 'used by'];
const ROWS = [
  ['etl_reader', '1', 'dp db exec and shell, passwordless door, daily load'],
  ['admin', '2', 'migrations'],
];

const widthOf = (rows: readonly (readonly string[])[]): number =>
  TITLES.reduce(
    (sum, title, at) => sum + Math.max(textWidth(title), ...rows.map((row) => textWidth(row[at] ?? ''))),
    2 * (TITLES.length - 1),
  );

test('cells of words go on below, in no more columns than there are, and nothing is lost', () => {
  const rows = wrapCells(TITLES, ROWS, { right: [1], columns: 48 });
  assert.ok(widthOf(rows) <= 48, JSON.stringify(rows));
  assert.deepEqual(rows[0]?.slice(0, 2), ['etl_reader', '1']);
  assert.deepEqual(rows[1]?.slice(0, 2), ['', '']);
  const said = rows.map((row) => row[2]?.trim()).join(' ');
  assert.equal(said, 'dp db exec and shell, passwordless door, daily load migrations');
});

test('what fits, and what cannot be made to fit, stays as it is', () => {
  assert.equal(wrapCells(TITLES, ROWS, { right: [1], columns: 200 }), ROWS);
  assert.equal(wrapCells(TITLES, ROWS, { right: [1], columns: 30 }), ROWS);
  const path = [['a', '1', `/a/very/long/path/${'x'.repeat(60)}`]];
  assert.equal(wrapCells(TITLES, path, { right: [1], columns: 60 }), path);
});

test('two columns of words share the room', () => {
  const words = 'one two three four five six seven eight nine ten';
  const rows = wrapCells(['a', 'b'], [[words, words]], { right: [], columns: 60 });
  const widths = [0, 1].map((at) => Math.max(...rows.map((row) => textWidth(row[at] ?? ''))));
  assert.ok(Math.abs((widths[0] ?? 0) - (widths[1] ?? 0)) <= 8, widths.join());
});

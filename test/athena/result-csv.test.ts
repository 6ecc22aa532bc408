import assert from 'node:assert/strict';
import test from 'node:test';
import { CsvLines } from '../../src/athena/csv-lines.ts';
import { ResultCsv, type TextRow } from '../../src/athena/result-csv.ts';

function read(bytes: Uint8Array, size = bytes.length): TextRow[] {
  const csv = new ResultCsv();
  const rows: TextRow[] = [];
  for (let at = 0; at < bytes.length; at += size) rows.push(...csv.push(bytes.slice(at, at + size)));
  return [...rows, ...csv.end()];
}

function lines(bytes: Uint8Array, size = bytes.length): string {
  const csv = new CsvLines();
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(...csv.push(bytes.slice(at, at + size)));
  return Buffer.concat([...parts, ...csv.end()]).toString();
}

const text = (value: string): Uint8Array => Buffer.from(value);

test('NULL, the empty string, quotes, commas and line breaks come out as they went in', () => {
  const bytes = text('"a","b","c"\n,"","x"\n"say ""hi""","1,2","two\nlines\r\nthree"\n"","",\n');
  assert.deepEqual(read(bytes), [
    ['a', 'b', 'c'],
    [null, '', 'x'],
    ['say "hi"', '1,2', 'two\nlines\r\nthree'],
    ['', '', null],
  ]);
});

test('an empty line is the NULL of a one-column result, and "" is its empty string', () => {
  assert.deepEqual(read(text('"v"\n\n""\n"x"\n\n')), [['v'], [null], [''], ['x'], [null]]);
  assert.equal(lines(text('"v"\n\n""\n"x"\n\n')), '"v"\n\n""\n"x"\n\n');
});

test('a file without a last line break keeps its last row, and carriage returns before a line end are not data', () => {
  assert.deepEqual(read(text('a,b\r\n1,\r\n2,"x"')), [
    ['a', 'b'],
    ['1', null],
    ['2', 'x'],
  ]);
});

test('an empty file has no rows', () => {
  assert.deepEqual(read(text('')), []);
  assert.equal(lines(text('')), '');
});

test('cut anywhere, the rows are the same: every piece size, letters of several bytes, doubled quotes', () => {
  const bytes = Buffer.from('"名前","v"\n"山田 ""太郎"" 👨‍👩‍👧",\n"a,b\n","ゾーイ"\n,""\n');
  const whole = read(bytes);
  const out = lines(bytes);
  for (let size = 1; size < bytes.length; size++) {
    assert.deepEqual(read(bytes, size), whole, `pieces of ${size}`);
    assert.equal(lines(bytes, size), out, `pieces of ${size}`);
  }
  assert.equal(out, bytes.toString());
});

test('bytes that are not UTF-8 become U+FFFD in rows, and pass as they are through lines', () => {
  const bytes = Buffer.concat([text('"'), Buffer.from([0xff, 0x61]), text('"\n')]);
  assert.deepEqual(read(bytes), [['\ufffda']]);
  const csv = new CsvLines();
  assert.deepEqual(csv.push(bytes), [bytes]);
});

test('a value of 50 MB in small pieces costs its length, not its square', () => {
  const pieces = 800;
  const piece = Buffer.alloc(65_536, 'x');
  const csv = new ResultCsv();
  const plain = new CsvLines();
  const rows: TextRow[] = [];
  let bytes = 0;
  const push = (part: Buffer): void => {
    rows.push(...csv.push(part));
    for (const piece of plain.push(part)) bytes += piece.length;
  };
  push(text('"') as Buffer);
  for (let index = 0; index < pieces; index++) push(piece);
  push(text('","y"\n') as Buffer);
  assert.equal(rows.length, 1);
  assert.equal(rows[0]?.[0]?.length, pieces * piece.length);
  assert.equal(rows[0]?.[1], 'y');
  assert.equal(bytes, pieces * piece.length + 7);
});

test('lines are given whole, and counted: breaks inside quotes end none', () => {
  const csv = new CsvLines();
  assert.deepEqual(csv.push(text('"a\n')), []);
  assert.deepEqual(csv.push(text('b"')), []);
  assert.equal(Buffer.concat([...csv.push(text('\n"c""\n""d"\n"e'))]).toString(), '"a\nb"\n"c""\n""d"\n');
  assert.equal(csv.lines, 2);
});

test('a file that ends inside quotes is not a result', () => {
  const csv = new ResultCsv();
  csv.push(text('"a","b'));
  assert.throws(() => csv.end(), /ends inside a quoted value/);
});

test('the buffer given to push may be overwritten afterwards', () => {
  const csv = new ResultCsv();
  const bytes = Buffer.from('"ab');
  csv.push(bytes);
  bytes.fill(0x7a);
  assert.deepEqual(csv.push(text('c"\n')), [['abc']]);
  const plain = new CsvLines();
  const piece = Buffer.from('"a"\n"b');
  assert.equal(Buffer.concat(plain.push(piece)).toString(), '"a"\n');
  piece.fill(0x7a);
  assert.equal(Buffer.concat(plain.push(text('c"\n'))).toString(), '"bc"\n');
});

test('lines are found wherever the bytes begin in memory, and whatever stands in one word with their end', () => {
  const ends = ['\n', '\n\n', '""\n', '"\n"\n', '"a""\n"\n', '"é\n語"\n', ',\n', '"\u0080"\n"!#\u000b\t"\n'];
  for (const first of ends)
    for (const second of ends)
      for (let offset = 0; offset < 8; offset++) {
        const bytes = Buffer.from(`${' '.repeat(offset)}${first}${second}${'"x",'.repeat(3)}`).subarray(
          offset,
        );
        const csv = new CsvLines();
        const given = Buffer.concat(csv.push(bytes)).toString();
        assert.equal(given, `${first}${second}`);
        assert.equal(csv.lines, read(text(given)).length);
      }
});

test('what random rows become is read back as the same rows', () => {
  const seed = Number(process.env.DP_SEED ?? Math.floor(Math.random() * 2 ** 31));
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const alphabet = ['"', ',', '\n', '\r\nx', 'a', '語', '👍', ' ', '""', 'NULL'];
  const value = (): string | null =>
    random(5) === 0
      ? null
      : Array.from({ length: random(6) }, () => alphabet[random(alphabet.length)]).join('');
  const rows = Array.from({ length: 300 }, () => [value(), value(), value()]);
  const field = (cell: string | null): string => (cell === null ? '' : `"${cell.replaceAll('"', '""')}"`);
  const bytes = text(rows.map((row) => `${row.map(field).join(',')}\n`).join(''));
  const size = 1 + random(97);
  assert.deepEqual(read(bytes, size), rows, `seed ${seed}`);
  assert.deepEqual(read(text(lines(bytes, size)), size), rows, `seed ${seed}, through lines`);
});

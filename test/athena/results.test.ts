import assert from 'node:assert/strict';
import test from 'node:test';
import { nextPollMs, POLL_FIRST_MS } from '../../src/athena/polling.ts';
import { priceOfScan } from '../../src/athena/price.ts';
import { ResultCsvReader } from '../../src/athena/result/result-csv.ts';
import { readResultText } from '../../src/athena/result/result-text.ts';
import { valueReader } from '../../src/athena/result/result-value.ts';
import { randomOf } from './query-generator.ts';

function read(text: string, columns: number, size = text.length * 4): (string | null)[][] {
  const bytes = new TextEncoder().encode(text);
  const reader = new ResultCsvReader({ columns });
  const rows: (string | null)[][] = [];
  for (let at = 0; at < bytes.length; at += size) rows.push(...reader.push(bytes.subarray(at, at + size)));
  return [...rows, ...reader.end()];
}

test('NULL is kept apart from the empty text, and line ends and quotes stay in values', () => {
  assert.deepEqual(read('"a","b"\n"1",\n,""\n"x\ny","say ""hi"", ok"\n', 2), [
    ['a', 'b'],
    ['1', null],
    [null, ''],
    ['x\ny', 'say "hi", ok'],
  ]);
});

test('with one column an empty line is a row of NULL', () => {
  assert.deepEqual(read('"a"\n\n"x"\n\n', 1), [['a'], [null], ['x'], [null]]);
});

test('the pieces the bytes come in change nothing', () => {
  const seed = 20261123;
  const random = randomOf(seed);
  const words = ['', 'plain', 'a,b', '"', '""', 'line\nbreak', '日本語', '👩‍👩‍👧', 'é', '\r\n'];
  const expected = Array.from({ length: 200 }, () =>
    Array.from({ length: 3 }, () =>
      random() < 0.2 ? null : (words[Math.floor(random() * words.length)] ?? ''),
    ),
  );
  const text = expected
    .map((row) => row.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(','))
    .join('\n');
  for (const size of [1, 2, 3, 7, 64, 4096])
    assert.deepEqual(read(text, 3, size), expected, `seed ${seed}, pieces of ${size}`);
});

test('a result that is cut off in a value is not taken for whole', () => {
  assert.throws(() => read('"a"\n"cut', 1), /ends in the middle of a value/);
});

test('bytes that are no UTF-8 become replacement characters and not an error', () => {
  const reader = new ResultCsvReader({ columns: 1 });
  assert.deepEqual(reader.push(Uint8Array.from([0x22, 0xff, 0x22, 0x0a])), [['\ufffd']]);
});

test('the text of DDL results is lines of values between tabs', () => {
  assert.deepEqual(readResultText('order_id\tbigint\t\ntotal\tdecimal(10,2)\n', 3), [
    ['order_id', 'bigint', ''],
    ['total', 'decimal(10,2)', ''],
  ]);
  assert.deepEqual(readResultText('one\ttwo\n', 1), [['one\ttwo']]);
});

test('values are exact in their types', () => {
  assert.equal(valueReader('bigint')('9223372036854775807'), 9223372036854775807n);
  assert.equal(valueReader('bigint')('42'), 42);
  assert.equal(valueReader('decimal(38,2)')('0.10'), '0.10');
  assert.equal(valueReader('timestamp')('2024-01-01 00:00:00.000'), '2024-01-01 00:00:00');
  assert.equal(
    valueReader('timestamp with time zone')('2024-01-01 00:00:00.120 Asia/Tokyo'),
    '2024-01-01 00:00:00.12 Asia/Tokyo',
  );
  assert.equal(valueReader('double')('Infinity'), Number.POSITIVE_INFINITY);
  assert.deepEqual(valueReader('varbinary')('68 65'), Uint8Array.from([0x68, 0x65]));
  assert.equal(valueReader('varchar')(''), '');
  assert.equal(valueReader('varchar')(null), null);
});

test('polling starts at 100 ms, grows to a second, and to five for long queries', () => {
  const middle = (): number => 0.5;
  const waits: number[] = [];
  let ageMs = 0;
  while (ageMs < 120_000) {
    const lastMs = waits.at(-1);
    const next = nextPollMs({ ageMs, ...(lastMs === undefined ? {} : { lastMs }) }, middle);
    waits.push(next);
    ageMs += next;
  }
  assert.equal(waits[0], POLL_FIRST_MS);
  assert.equal(Math.max(...waits.slice(0, 12)), 1000);
  assert.equal(waits.at(-1), 5000);
  assert.ok(nextPollMs({ ageMs: 1000, lastMs: 1000, throttled: true }, middle) === 2000);
});

test("a query costs at least 10 MB in its region's price, and DDL nothing", () => {
  const price = priceOfScan({ scannedBytes: 1, region: 'ap-northeast-1' });
  assert.equal(price.billedBytes, 10 * 2 ** 20);
  assert.equal(price.dollars, (10 / 2 ** 20) * 5);
  assert.equal(priceOfScan({ scannedBytes: 2 ** 40, region: 'sa-east-1' }).dollars, 9);
  assert.equal(
    priceOfScan({ scannedBytes: 10 * 2 ** 20 + 1, region: 'us-east-1' }).billedBytes,
    11 * 2 ** 20,
  );
  assert.equal(priceOfScan({ scannedBytes: 5, region: 'us-east-1', free: true }).dollars, 0);
});

// Rows of every type with what breaks naive text formats, casts and time arithmetic, for the tables of portable-tables.ts.
import type { Database } from '../../src/platform/database.ts';
import { createRandom } from '../../src/std/random.ts';
import { migrateTestShop } from './etl-platform.ts';
import { CREATE_SHAPES } from './portable-tables.ts';

/** What breaks naive text formats, casts and time arithmetic. */
const TEXTS = [
  null,
  '',
  ' ',
  'a',
  'A',
  'NULL',
  '\\N',
  '~',
  '~N',
  '~0',
  '~1',
  '~3',
  '~~',
  '|',
  '||',
  'a|b',
  '\t',
  '\n',
  '\r',
  '\r\n',
  'x\r',
  '\0',
  '"',
  '""',
  'a"b',
  "'",
  '\\',
  '\\n',
  ',',
  ';',
  '#',
  '-- x',
  '\u{1F600}',
  '\u{1F468}\u200D\u{1F469}',
  '𠮷野家',
  'か\u3099',
  'é',
  'ß',
  '\uFEFF',
  '\u2028',
  '\u0085',
  '\u00A0x\u00A0',
  '  two  ',
  '\u3000',
  '0',
  '-0.00',
  '1e5',
  'NaN',
]; // prettier-ignore
const EXACTS = [
  null,
  '0',
  '0.0000000001',
  '-0.0000000001',
  '9999999999999999999999999999.9999999999',
  '-9999999999999999999999999999.9999999999',
  '1000000000000.5',
];
const PRICES = [
  null,
  '0.005',
  '-0.005',
  '0.004',
  '2.345',
  '-2.345',
  '2.355',
  '0.995',
  '-0.995',
  '99999999999.994',
  '-1',
];
const BORN = [
  null,
  '2024-02-29',
  '1999-12-31',
  '2000-01-01',
  '2026-01-31',
  '0999-03-01',
  '1582-10-04',
  '1582-10-15',
  '9998-12-31',
];
const MOMENTS = [
  '2026-11-20 15:00:00.000000',
  '2026-11-21 14:59:59.999999',
  '2026-11-21 00:00:00.000001',
  '2026-11-21 12:34:56.100000',
  '2026-11-21 12:34:56',
];
const OUTSIDE = ['2026-11-20 14:59:59.999999', '2026-11-21 15:00:00.000000'];
const HUGES = [null, '0', '18446744073709551615', '9223372036854775808'];
const WHOLES = [null, '0', '9', '10', '2147483647', '-2147483648'];

/** Makes the table `shapes` beside an empty shop. The same seed gives the same rows. */
export async function fillShapes(database: Database, seed: number): Promise<void> {
  await using session = await database.connect('admin');
  await migrateTestShop(session);
  await session.query('DROP TABLE IF EXISTS shapes');
  await session.query(CREATE_SHAPES);
  const random = createRandom(seed, 'shapes');
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)] as T;
  const rows = Array.from({ length: 400 }, (_, at) => [
    // Every text once, then anything with anything; the last rows repeat a key.
    at < 390 ? at : at - 390,
    pick([null, '-128', '127', '0', '1']),
    pick([null, '-32768', '32767', '7']),
    // Rows that share a key differ here, so that windows have one order.
    at < 10 ? '1' : at < 390 ? pick(WHOLES) : '2',
    pick(HUGES),
    pick(EXACTS),
    pick(PRICES),
    pick(BORN),
    at < TEXTS.length
      ? (TEXTS[at] ?? null)
      : random.below(4) === 0
        ? null
        : `${pick(TEXTS) ?? ''}${pick(TEXTS) ?? ''}`,
    at % 10 === 9 ? pick(OUTSIDE) : pick(MOMENTS),
  ]);
  await session.query(
    `INSERT INTO shapes VALUES ${rows.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ')}`,
    rows.flat(),
  );
}

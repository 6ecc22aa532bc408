/** A value of a result, exact. Arrays, maps and rows stay text: Athena's result does not quote what is in them. */
export type ResultValue = null | boolean | number | bigint | string | Uint8Array;

/** Turns a result's text into values of its column's type, which is Athena's word: `bigint`, `decimal`, `varchar`. */
export function valueReader(type: string): (text: string | null) => ResultValue {
  const read = READERS[type.replace(/\(.*/, '').toLowerCase()] ?? asText;
  return (text) => (text === null ? null : read(text));
}

const READERS: Readonly<Record<string, (text: string) => ResultValue>> = {
  boolean: (text) => text === 'true',
  tinyint: Number,
  smallint: Number,
  integer: Number,
  int: Number,
  bigint: wholeOf,
  real: doubleOf,
  float: doubleOf,
  double: doubleOf,
  timestamp: withoutTrailingZeros,
  'timestamp with time zone': withoutTrailingZeros,
  varbinary: bytesOf,
};

function asText(text: string): string {
  return text;
}

function wholeOf(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** `NaN`, `Infinity` and `1.0E10` are as JavaScript reads them. */
function doubleOf(text: string): number {
  return Number(text);
}

/** `2024-01-01 00:00:00.500` → `2024-01-01 00:00:00.5`; a zone after it stays. */
function withoutTrailingZeros(text: string): string {
  return text.replace(/\.(\d*?)0+(?=$| )/, (_, kept: string) => (kept === '' ? '' : `.${kept}`));
}

/** `68 65 6c`, as Athena prints bytes. */
function bytesOf(text: string): Uint8Array {
  const digits = text.replaceAll(/\s/g, '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
  );
}

import type { Value } from '../platform/warehouse.ts';

type Change = (value: Value) => Value;

/** `timestamp(3)`, `time(6)`, `timestamp(3) with time zone`: what it is, and the digits behind its seconds. */
const MOMENT = /^time(?:stamp)?\((\d+)\)/;
const CLOCK = /^(.*?\d{2}:\d{2}:\d{2})(?:\.(\d*))?(.*)$/;

/**
 * Gives the moments in rows, in place, as many digits behind the second as their column's type has, as Athena writes
 * them: `2026-11-22 01:02:03.000` for a timestamp(3). DuckDB's values do not know how many they are. Undefined when no
 * column holds moments, by themselves or in arrays.
 */
export function exactFractions(types: readonly string[]): ((rows: Value[][]) => Value[][]) | undefined {
  const changes = types.flatMap((type, index) => {
    const change = changeOf(type);
    return change === undefined ? [] : [{ index, change }];
  });
  if (changes.length === 0) return undefined;
  return (rows) => {
    for (const row of rows) for (const { index, change } of changes) row[index] = change(row[index] ?? null);
    return rows;
  };
}

function changeOf(type: string): Change | undefined {
  const element = /^array\((.*)\)$/.exec(type)?.[1];
  if (element !== undefined) {
    const change = changeOf(element);
    return change && ((value) => (Array.isArray(value) ? value.map(change) : value));
  }
  const digits = MOMENT.exec(type)?.[1];
  return digits === undefined
    ? undefined
    : (value) => (typeof value === 'string' ? withDigits(value, Number(digits)) : value);
}

function withDigits(text: string, digits: number): string {
  const [, clock, fraction = '', zone = ''] = CLOCK.exec(text) ?? [];
  if (clock === undefined || digits === 0) return text;
  return `${clock}.${fraction.padEnd(digits, '0')}${zone}`;
}

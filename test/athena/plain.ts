import {
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';

/** A value that two engines can be compared by: whole numbers and decimals as text, doubles marked. */
export type Plain =
  | null
  | boolean
  | string
  | readonly Plain[]
  | { readonly double: string }
  | { readonly map: Readonly<Record<string, Plain>> };

/** What DuckDB gave. */
export function plainValue(value: DuckDBValue): Plain {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return { double: String(value) };
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return timeText(value.toString());
  if (value instanceof DuckDBDecimalValue) return value.toString();
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('hex');
  if (value instanceof DuckDBListValue) return value.items.map(plainValue);
  if (value instanceof DuckDBMapValue) {
    return {
      map: Object.fromEntries(
        value.entries.map((entry) => [textOfKey(plainValue(entry.key)), plainValue(entry.value)]),
      ),
    };
  }
  if (value instanceof DuckDBStructValue) return Object.values(value.entries).map(plainValue);
  return String(value);
}

function textOfKey(key: Plain): string {
  return typeof key === 'string'
    ? key
    : typeof key === 'object' && key !== null && 'double' in key
      ? key.double
      : JSON.stringify(key);
}

function timeText(text: string): string {
  return text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}

/** What Trino's engine gave, in the same shape. */
export function plainTrino(value: unknown, type: string): Plain {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    if (/^(?:timestamp|time)/.test(type)) return zonedText(value);
    return type === 'varbinary' ? value.replaceAll(/\s/g, '') : value;
  }
  if (Array.isArray(value)) return value.map((item) => plainTrino(item, elementType(type)));
  const marked = value as { double?: string; map?: Record<string, unknown> };
  if (marked.double !== undefined) {
    const number = Number(marked.double);
    return { double: String(type.includes('real') ? Math.fround(number) : number) };
  }
  return {
    map: Object.fromEntries(
      Object.entries(marked.map ?? {}).map(([key, item]) => [key, plainTrino(item, elementType(type))]),
    ),
  };
}

function zonedText(text: string): string {
  const [time = '', zone] = [
    text.slice(0, 10) + text.slice(10).split(' ').slice(0, 2).join(' '),
    text.split(' ')[2],
  ];
  return zone === undefined ? timeText(time) : text.replace(/(\.\d*?)0+ /, '$1 ').replace('. ', ' ');
}

function elementType(type: string): string {
  return type.includes('timestamp')
    ? 'timestamp'
    : type.includes('varbinary')
      ? 'varbinary'
      : type.includes('real')
        ? 'real'
        : '';
}

/** Digits of a double that two engines adding up in another order still share. */
const DOUBLE_TOLERANCE = 1e-12;

/** Whether two values are the same; doubles within a tolerance, since sums depend on order. */
export function samePlain(one: Plain, other: Plain): boolean {
  const [left, right] = [numberOf(one), numberOf(other)];
  if (left !== undefined && right !== undefined && (isDouble(one) || isDouble(other)))
    return sameDouble(left, right);
  if (Array.isArray(one) && Array.isArray(other)) {
    return (
      one.length === other.length &&
      one.every((item, index) => samePlain(item as Plain, other[index] as Plain))
    );
  }
  if (isMap(one) && isMap(other)) {
    const keys = Object.keys(one.map);
    return (
      keys.length === Object.keys(other.map).length &&
      keys.every((key) => key in other.map && samePlain(one.map[key] ?? null, other.map[key] ?? null))
    );
  }
  return one === other;
}

function sameDouble(left: number, right: number): boolean {
  if (Object.is(left, right) || left === right) return true;
  return Math.abs(left - right) <= DOUBLE_TOLERANCE * Math.max(1, Math.abs(left), Math.abs(right));
}

function isDouble(value: Plain): value is { double: string } {
  return typeof value === 'object' && value !== null && 'double' in value;
}

function isMap(value: Plain): value is { map: Record<string, Plain> } {
  return typeof value === 'object' && value !== null && 'map' in value;
}

function numberOf(value: Plain): number | undefined {
  if (isDouble(value)) return Number(value.double);
  return typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : undefined;
}

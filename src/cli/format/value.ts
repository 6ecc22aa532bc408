import type { Value } from '../../platform/warehouse.ts';

/** A value as Athena writes it in a CSV result: `[a, b]`, `{k=v}`, hex bytes. NULL is the caller's to say. */
export function valueText(value: Exclude<Value, null>): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return nestedText(value);
  }
}

function nestedText(value: Uint8Array | readonly Value[] | { readonly [field: string]: Value }): string {
  if (value instanceof Uint8Array)
    return Buffer.from(value)
      .toString('hex')
      .replace(/(..)(?=.)/g, '$1 ');
  if (Array.isArray(value)) return `[${value.map((item) => elementText(item)).join(', ')}]`;
  const fields = Object.entries(value).map(([name, item]) => `${name}=${elementText(item)}`);
  return `{${fields.join(', ')}}`;
}

function elementText(value: Value): string {
  return value === null ? 'null' : valueText(value);
}

/** A value for JSON: integers beyond 2^53 as strings, not-a-number and infinities as strings, bytes as base64. */
export function valueJson(value: Value): unknown {
  if (typeof value === 'bigint') {
    const exact = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
    return exact ? Number(value) : value.toString();
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(valueJson);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, valueJson(item)]));
  }
  return value;
}

import * as types from './type.ts';
import { sameType, type Type } from './type.ts';

/** Decimal digits of the whole numbers, for their meeting with decimals. */
const WHOLE_DIGITS: Readonly<Record<string, number>> = { tinyint: 3, smallint: 5, integer: 10, bigint: 19 };
const NUMERIC_ORDER: readonly string[] = [
  'tinyint',
  'smallint',
  'integer',
  'bigint',
  'decimal',
  'real',
  'double',
];

/**
 * The zone of values that may each be in another: they can be compared and told apart as instants, but DuckDB
 * does not keep which zone each is in, so what clocks show there is refused.
 */
export const MIXED_ZONES = '?';

export function isWhole(type: Type): boolean {
  return WHOLE_DIGITS[type.base] !== undefined;
}

export function isNumeric(type: Type): boolean {
  return NUMERIC_ORDER.includes(type.base);
}

export function isFloating(type: Type): boolean {
  return type.base === 'real' || type.base === 'double';
}

/** A whole number's type as the decimal that holds it; a decimal as it is. */
export function asDecimal(type: Type): { precision: number; scale: number } | undefined {
  if (type.base === 'decimal') return type;
  const digits = WHOLE_DIGITS[type.base];
  return digits === undefined ? undefined : { precision: digits, scale: 0 };
}

/** Whether Trino turns a value of one type into another without being asked, as for `integer` to `bigint`. */
export function canCoerce(from: Type, to: Type): boolean {
  if (sameType(from, to)) return true;
  const common = commonSuperType(from, to);
  return common !== undefined && sameType(common, to);
}

/** The narrowest type both turn into without being asked; undefined when there is none. */
export function commonSuperType(one: Type, other: Type): Type | undefined {
  if (sameType(one, other) || other.base === 'unknown') return one;
  if (one.base === 'unknown') return other;
  if (isNumeric(one) && isNumeric(other)) return commonNumber(one, other);
  if (one.base === other.base) return commonOfSameBase(one, other);
  return (
    commonOfText(one, other) ??
    commonOfText(other, one) ??
    commonOfTime(one, other) ??
    commonOfTime(other, one)
  );
}

function commonNumber(one: Type, other: Type): Type {
  if (one.base === 'decimal' || other.base === 'decimal') {
    const left = asDecimal(one);
    const right = asDecimal(other);
    if (left !== undefined && right !== undefined) return commonDecimal(left, right);
  }
  return NUMERIC_ORDER.indexOf(one.base) > NUMERIC_ORDER.indexOf(other.base) ? one : other;
}

type Digits = { readonly precision: number; readonly scale: number };

function commonDecimal(left: Digits, right: Digits): Type {
  const scale = Math.max(left.scale, right.scale);
  const whole = Math.max(left.precision - left.scale, right.precision - right.scale);
  return types.decimal(Math.min(types.DECIMAL_PRECISION_MAX, whole + scale), scale);
}

function commonOfSameBase(one: Type, other: Type): Type | undefined {
  switch (one.base) {
    case 'varchar':
      if (other.base !== 'varchar' || one.length === undefined || other.length === undefined)
        return types.VARCHAR;
      return types.varchar(Math.max(one.length, other.length));
    case 'char':
      return other.base === 'char' ? { base: 'char', length: Math.max(one.length, other.length) } : undefined;
    case 'time':
    case 'timestamp':
      return other.base === one.base
        ? { base: one.base, precision: Math.max(one.precision, other.precision) }
        : undefined;
    case 'timestamp with time zone':
      return other.base === one.base
        ? types.timestampWithZone(
            Math.max(one.precision, other.precision),
            one.zone === other.zone ? one.zone : MIXED_ZONES,
          )
        : undefined;
    default:
      return commonOfContainers(one, other);
  }
}

function commonOfContainers(one: Type, other: Type): Type | undefined {
  if (one.base === 'array' && other.base === 'array') {
    const element = commonSuperType(one.element, other.element);
    return element === undefined ? undefined : types.array(element);
  }
  if (one.base === 'map' && other.base === 'map') {
    const key = commonSuperType(one.key, other.key);
    const value = commonSuperType(one.value, other.value);
    return key === undefined || value === undefined ? undefined : types.map(key, value);
  }
  if (one.base !== 'row' || other.base !== 'row' || one.fields.length !== other.fields.length)
    return undefined;
  const fields: types.RowField[] = [];
  for (const [index, field] of one.fields.entries()) {
    const twin = other.fields[index];
    const type = twin === undefined ? undefined : commonSuperType(field.type, twin.type);
    if (type === undefined) return undefined;
    fields.push(
      field.name !== undefined && field.name === twin?.name ? { name: field.name, type } : { type },
    );
  }
  return { base: 'row', fields };
}

function commonOfText(one: Type, other: Type): Type | undefined {
  if (one.base !== 'char' || other.base !== 'varchar' || other.length === undefined) return undefined;
  return { base: 'char', length: Math.max(one.length, other.length) };
}

function commonOfTime(one: Type, other: Type): Type | undefined {
  if (one.base === 'date' && other.base === 'timestamp') return other;
  if (other.base !== 'timestamp with time zone') return undefined;
  // A value without a zone is in the session's, which is UTC.
  const zone = other.zone === 'UTC' ? 'UTC' : MIXED_ZONES;
  if (one.base === 'date') return types.timestampWithZone(other.precision, zone);
  if (one.base !== 'timestamp') return undefined;
  return types.timestampWithZone(Math.max(one.precision, other.precision), zone);
}

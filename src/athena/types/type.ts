/** Athena's types, as Trino names them. */
export type Type =
  | { readonly base: 'boolean' | 'tinyint' | 'smallint' | 'integer' | 'bigint' | 'real' | 'double' }
  | { readonly base: 'decimal'; readonly precision: number; readonly scale: number }
  /** Without a length: as long as it needs to be. */
  | { readonly base: 'varchar'; readonly length?: number }
  | { readonly base: 'char'; readonly length: number }
  | { readonly base: 'varbinary' | 'json' | 'uuid' | 'date' | 'unknown' }
  | { readonly base: 'time'; readonly precision: number }
  | { readonly base: 'timestamp'; readonly precision: number }
  /** `zone` is not part of Trino's type: it is the one zone all values are known to be in. */
  | { readonly base: 'timestamp with time zone'; readonly precision: number; readonly zone: string }
  /** Whole milliseconds in DuckDB: a BIGINT. */
  | { readonly base: 'interval day to second' }
  /** Whole months in DuckDB: an INTEGER. */
  | { readonly base: 'interval year to month' }
  | { readonly base: 'array'; readonly element: Type }
  | { readonly base: 'map'; readonly key: Type; readonly value: Type }
  | { readonly base: 'row'; readonly fields: readonly RowField[] };

export interface RowField {
  /** Missing for an anonymous field. */
  readonly name?: string;
  readonly type: Type;
}

export type TypeBase = Type['base'];

export const BOOLEAN: Type = { base: 'boolean' };
export const TINYINT: Type = { base: 'tinyint' };
export const SMALLINT: Type = { base: 'smallint' };
export const INTEGER: Type = { base: 'integer' };
export const BIGINT: Type = { base: 'bigint' };
export const REAL: Type = { base: 'real' };
export const DOUBLE: Type = { base: 'double' };
export const VARCHAR: Type = { base: 'varchar' };
export const VARBINARY: Type = { base: 'varbinary' };
export const JSON_TYPE: Type = { base: 'json' };
export const UUID: Type = { base: 'uuid' };
export const DATE: Type = { base: 'date' };
export const UNKNOWN: Type = { base: 'unknown' };
export const DAY_TO_SECOND: Type = { base: 'interval day to second' };
export const YEAR_TO_MONTH: Type = { base: 'interval year to month' };

export const DECIMAL_PRECISION_MAX = 38;
/** Trino's `timestamp` and `time` without a precision. */
export const TIMESTAMP_PRECISION_DEFAULT = 3;
/** DuckDB keeps microseconds. */
export const TIMESTAMP_PRECISION_MAX = 6;

export function decimal(precision: number, scale: number): Type {
  return { base: 'decimal', precision, scale };
}

export function varchar(length?: number): Type {
  return length === undefined ? VARCHAR : { base: 'varchar', length };
}

export function timestamp(precision: number = TIMESTAMP_PRECISION_DEFAULT): Type {
  return { base: 'timestamp', precision };
}

export function timestampWithZone(precision: number, zone: string): Type {
  return { base: 'timestamp with time zone', precision, zone };
}

export function array(element: Type): Type {
  return { base: 'array', element };
}

export function map(key: Type, value: Type): Type {
  return { base: 'map', key, value };
}

/** As `typeof` and the result's column types show it: `decimal(10,2)`, `row(id integer, "a b" varchar)`. */
export function typeText(type: Type): string {
  switch (type.base) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'varchar':
      return type.length === undefined ? 'varchar' : `varchar(${type.length})`;
    case 'char':
      return `char(${type.length})`;
    case 'time':
    case 'timestamp':
      return `${type.base}(${type.precision})`;
    case 'timestamp with time zone':
      return `timestamp(${type.precision}) with time zone`;
    case 'array':
      return `array(${typeText(type.element)})`;
    case 'map':
      return `map(${typeText(type.key)}, ${typeText(type.value)})`;
    case 'row':
      return `row(${type.fields.map(fieldText).join(', ')})`;
    default:
      return type.base;
  }
}

function fieldText(field: RowField): string {
  if (field.name === undefined) return typeText(field.type);
  const name = /^[a-z_][a-z0-9_]*$/i.test(field.name) ? field.name : `"${field.name.replaceAll('"', '""')}"`;
  return `${name} ${typeText(field.type)}`;
}

/** The type of DuckDB that holds the same values. */
export function duckdbType(type: Type): string {
  switch (type.base) {
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'varchar':
    case 'char':
      return 'VARCHAR';
    case 'varbinary':
      return 'BLOB';
    case 'time':
      return 'TIME';
    case 'timestamp':
      return 'TIMESTAMP';
    case 'timestamp with time zone':
      return 'TIMESTAMPTZ';
    case 'interval day to second':
      return 'BIGINT';
    case 'interval year to month':
    case 'unknown':
      return 'INTEGER';
    case 'array':
      return `${duckdbType(type.element)}[]`;
    case 'map':
      return `MAP(${duckdbType(type.key)}, ${duckdbType(type.value)})`;
    case 'row':
      return `STRUCT(${type.fields.map((field, index) => `"${duckdbFieldName(field, index)}" ${duckdbType(field.type)}`).join(', ')})`;
    default:
      return type.base.toUpperCase();
  }
}

/** The name of a row's field inside DuckDB, where every field has one. */
export function duckdbFieldName(field: RowField, index: number): string {
  return field.name === undefined ? `field${index}` : field.name.replaceAll('"', '""');
}

export function sameType(one: Type, other: Type): boolean {
  return typeText(one) === typeText(other) && zoneOf(one) === zoneOf(other);
}

function zoneOf(type: Type): string | undefined {
  return type.base === 'timestamp with time zone' ? type.zone : undefined;
}

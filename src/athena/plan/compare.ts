import { isFloating } from '../types/coercion.ts';
import type { Type } from '../types/type.ts';
import { fieldSql } from './bind-name.ts';
import { raiseWhen } from './bound.ts';
import { elementName } from './cast.ts';
import { type Context, notSupported, refuse } from './context.ts';
import { once } from './once.ts';

/** How arrays, maps and rows compare: DuckDB takes NULL inside them for a value, and a map's entries in their order. */

export function isContainer(type: Type): boolean {
  return type.base === 'array' || type.base === 'map' || type.base === 'row';
}

/** Whether the type is a map or holds one: two equal maps may differ to DuckDB. */
export function holdsMap(type: Type): boolean {
  return type.base === 'map' || innerTypes(type).some(holdsMap);
}

function innerTypes(type: Type): readonly Type[] {
  switch (type.base) {
    case 'array':
      return [type.element];
    case 'map':
      return [type.key, type.value];
    case 'row':
      return type.fields.map((field) => field.type);
    default:
      return [];
  }
}

/** SQL that two values are equal: false when a part differs, else unknown when a part is NULL. */
export function equalSql(one: string, other: string, type: Type): string {
  if (isFloating(type))
    return once(
      [one, other],
      ([a, b]) => `(CASE WHEN isnan(${a}) AND ${b} IS NOT NULL THEN false ELSE ${a} = ${b} END)`,
    );
  if (type.base === 'row') return equalRows(one, other, type);
  if (type.base === 'array') return equalArrays(one, other, type);
  return type.base === 'map' ? equalMaps(one, other, type) : `${one} = ${other}`;
}

function equalRows(one: string, other: string, type: Type & { base: 'row' }): string {
  return once([one, other], ([a = '', b = '']) => {
    const same = type.fields.map((field, index) =>
      equalSql(fieldSql(a, field, index), fieldSql(b, field, index), field.type),
    );
    return `(${same.join(' AND ')})`;
  });
}

function equalArrays(one: string, other: string, type: Type & { base: 'array' }): string {
  return once([one, other], ([a, b]) => {
    const pair = elementName(`${a} ${b}`);
    const equal = equalSql(`${pair}[1]`, `${pair}[2]`, type.element);
    const compared = allTrue(`list_transform(list_zip(${a}, ${b}), lambda ${pair}: ${equal})`);
    return `(CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL WHEN len(${a}) <> len(${b}) THEN false ELSE ${compared} END)`;
  });
}

function equalMaps(one: string, other: string, type: Type & { base: 'map' }): string {
  return once([one, other], ([a, b]) => {
    const entry = elementName(`${a} ${b}`);
    const equal = equalSql(`${entry}.value`, `${b}[${entry}.key]`, type.value);
    const present = `CASE WHEN map_contains(${b}, ${entry}.key) THEN ${equal} ELSE false END`;
    const compared = allTrue(`list_transform(map_entries(${a}), lambda ${entry}: ${present})`);
    return `(CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL WHEN cardinality(${a}) <> cardinality(${b}) THEN false ELSE ${compared} END)`;
  });
}

/** Of a list of conditions. */
function allTrue(list: string): string {
  return once(
    [list],
    ([results]) =>
      `CASE WHEN list_contains(${results}, false) THEN false WHEN len(${results}) > list_count(${results}) THEN NULL ELSE true END`,
  );
}

/** Where a value must have an order: ORDER BY, `<`, max. */
export interface Ordered {
  readonly sql: string;
  readonly type: Type;
  readonly at: number;
}

/** SQL of the value to put in an order. Trino raises where it meets a NULL inside a value; local for every such value. */
export function orderedSql({ sql, type, at }: Ordered, context: Context): string {
  const parts = partsOf(type);
  if (parts.some((part) => part.base === 'map' || part.base === 'json'))
    throw refuse(context, at, `Type ${type.base} is not orderable, and therefore cannot be used in ORDER BY`);
  if (!isContainer(type)) return sql;
  if (parts.some(isFloating))
    throw notSupported(context, at, `the order of values of type ${type.base} of doubles`);
  return once([sql], ([value = '']) =>
    raiseWhen(
      hasNull(value, type),
      `not supported in local: the order of values of type ${type.base} with NULL inside`,
      value,
    ),
  );
}

function partsOf(type: Type): readonly Type[] {
  return [type, ...innerTypes(type).flatMap(partsOf)];
}

/** SQL of whether a part of an array or row is NULL; not whether the value itself is. */
export function hasNull(sql: string, type: Type): string {
  if (type.base === 'array') {
    const missing = `len(${sql}) > list_count(${sql})`;
    if (!isContainer(type.element)) return missing;
    const item = elementName(sql);
    return `(${missing} OR list_contains(list_transform(${sql}, lambda ${item}: ${hasNull(item, type.element)}), true))`;
  }
  if (type.base !== 'row') return 'false';
  const parts = type.fields.map((field, index) => {
    const value = fieldSql(sql, field, index);
    return isContainer(field.type)
      ? `(${value} IS NULL OR ${hasNull(value, field.type)})`
      : `${value} IS NULL`;
  });
  return `(${sql} IS NOT NULL AND (${parts.join(' OR ')}))`;
}

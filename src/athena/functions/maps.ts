import { once } from '../plan/once.ts';
import { duckdbType, type RowField, type Type } from '../types/type.ts';
import { bodyOf, type CallInput, define, type Registry, sqlOf } from './registry.ts';

/** Maps. */
export function defineMaps(registry: Registry): void {
  define(registry, 'cardinality', 'map(K,V) -> bigint', 'CAST(cardinality($1) AS BIGINT)');
  define(registry, 'map', 'array(K), array(V) -> map(K,V)', 'map($1, $2)');
  define(registry, 'map', ' -> map(varchar,varchar)', 'CAST(map() AS MAP(VARCHAR, VARCHAR))', {
    result: () => ({ base: 'map', key: { base: 'unknown' }, value: { base: 'unknown' } }),
  });
  define(registry, 'element_at', 'map(K,V), K -> V', '$1[$2]');
  define(registry, 'map_keys', 'map(K,V) -> array(K)', 'map_keys($1)');
  define(registry, 'map_values', 'map(K,V) -> array(V)', 'map_values($1)');
  define(
    registry,
    'map_entries',
    'map(K,V) -> array(row(K,V))',
    (call) =>
      `list_transform(map_entries(${sqlOf(call, 0)}), lambda dp__entry: struct_pack(field0 := dp__entry.key, field1 := dp__entry.value))`,
  );
  define(registry, 'map_from_entries', 'array(row(K,V)) -> map(K,V)', (call) => {
    const [key, value] = entryFields(call, 'dp__entry');
    return `map_from_entries(list_transform(${sqlOf(call, 0)}, lambda dp__entry: struct_pack(k := ${key}, v := ${value})))`;
  });
  define(registry, 'map_zip_with', 'map(K,V), map(K,W), function(K,V,W,R) -> map(K,R)', zipped);
  define(registry, 'multimap_from_entries', 'array(row(K,V)) -> map(K,array(V))', multimap);
  define(registry, 'cosine_similarity', 'map(varchar,double), map(varchar,double) -> double', similarity);
  define(registry, 'map_concat', 'map(K,V), map(K,V) -> map(K,V)', concatenated);
  define(registry, 'map_concat', 'map(K,V), map(K,V), map(K,V)... -> map(K,V)', concatenated);
  define(registry, 'map_filter', 'map(K,V), function(K,V,boolean) -> map(K,V)', (call) =>
    rebuilt(
      call,
      `list_filter(map_entries(${sqlOf(call, 0)}), lambda dp__entry: ${bodyOf(call, 1, ['dp__entry.key', 'dp__entry.value'])})`,
    ),
  );
  define(
    registry,
    'transform_values',
    'map(K,V), function(K,V,R) -> map(K,R)',
    (call) =>
      `map_from_entries(list_transform(map_entries(${sqlOf(call, 0)}), lambda dp__entry: struct_pack(k := dp__entry.key, v := ${bodyOf(call, 1, ['dp__entry.key', 'dp__entry.value'])})))`,
  );
  define(
    registry,
    'transform_keys',
    'map(K,V), function(K,V,R) -> map(R,V)',
    (call) =>
      `map_from_entries(list_transform(map_entries(${sqlOf(call, 0)}), lambda dp__entry: struct_pack(k := ${bodyOf(call, 1, ['dp__entry.key', 'dp__entry.value'])}, v := dp__entry.value)))`,
  );
}

/** NULL where a map is, or holds, NULL. */
function similarity(call: CallInput): string {
  return once([sqlOf(call, 0), sqlOf(call, 1)], ([one, other]) => {
    const product = `list_sum(list_transform(map_entries(${one}), lambda dp__entry: dp__entry.value * coalesce(${other}[dp__entry.key], 0)))`;
    const length = (map: string | undefined): string =>
      `sqrt(list_sum(list_transform(map_values(${map}), lambda dp__item: dp__item * dp__item)))`;
    const complete = [one, other]
      .map((map) => `len(map_values(${map})) = list_count(map_values(${map})) AND cardinality(${map}) > 0`)
      .join(' AND ');
    return `CASE WHEN ${complete} THEN ${product} / (${length(one)} * ${length(other)}) END`;
  });
}

/** Keys of either map, each with its two values, of which one may be missing. */
function zipped(call: CallInput): string {
  return once([sqlOf(call, 0), sqlOf(call, 1)], ([one, other]) => {
    const value = bodyOf(call, 2, ['dp__key', `${one}[dp__key]`, `${other}[dp__key]`]);
    const more = `list_filter(map_keys(${other}), lambda dp__key: NOT map_contains(${one}, dp__key))`;
    const keys = `list_concat(map_keys(${one}), ${more})`;
    const made = `map_from_entries(list_transform(${keys}, lambda dp__key: struct_pack(k := dp__key, v := ${value})))`;
    return `CASE WHEN ${one} IS NOT NULL AND ${other} IS NOT NULL THEN ${made} END`;
  });
}

/** The two fields of the entries of an array of rows. */
function entryFields(call: CallInput, entry: string): string[] {
  const type = call.arguments[0]?.type;
  const fields = type?.base === 'array' && type.element.base === 'row' ? type.element.fields : [];
  if (fields.length === 0) return ['NULL', 'NULL'];
  return fields.map((field, index) => fieldOf(entry, field, index));
}

function fieldOf(entry: string, field: RowField, index: number): string {
  return `struct_extract(${entry}, '${(field.name ?? `field${index}`).replaceAll("'", "''")}')`;
}

function multimap(call: CallInput): string {
  const [key, value] = entryFields(call, 'dp__entry');
  const [otherKey] = entryFields(call, 'dp__other');
  return once([sqlOf(call, 0)], ([list]) => {
    const values = `list_transform(list_filter(${list}, lambda dp__entry: ${key} = dp__key), lambda dp__entry: ${value})`;
    const keys = `list_distinct(list_transform(${list}, lambda dp__other: ${otherKey}))`;
    return `map_from_entries(list_transform(${keys}, lambda dp__key: struct_pack(k := dp__key, v := ${values})))`;
  });
}

function concatenated(call: CallInput): string {
  const maps = call.arguments.map((item) => item.sql);
  return once(
    maps,
    (names) =>
      `CASE WHEN ${names.map((name) => `${name} IS NULL`).join(' OR ')} THEN NULL ELSE map_concat(${names.join(', ')}) END`,
  );
}

function rebuilt(call: CallInput, entries: string): string {
  const type: Type = call.arguments[0]?.type ?? { base: 'unknown' };
  return `CAST(map_from_entries(list_transform(${entries}, lambda dp__entry: struct_pack(k := dp__entry.key, v := dp__entry.value))) AS ${duckdbType(type)})`;
}

import { once } from '../plan/once.ts';
import { duckdbType } from '../types/type.ts';
import { type CallInput, type Definition, define, type Registry, sqlOf } from './registry.ts';

const AGGREGATE: Definition = { kind: 'aggregate' };

/** Aggregates that give maps, and the one that is given by lambdas. */
export function defineMapAggregates(registry: Registry): void {
  define(
    registry,
    'histogram',
    'T -> map(T,bigint)',
    (call) => `CAST({histogram(${sqlOf(call, 0)})} AS ${duckdbType(call.result)})`,
    AGGREGATE,
  );
  define(registry, 'multimap_agg', 'K, V -> map(K,array(V))', multimap, AGGREGATE);
  define(registry, 'map_union', 'map(K,V) -> map(K,V)', union, AGGREGATE);
  define(
    registry,
    'map_agg',
    'K, V -> map(K,V)',
    (call) => {
      const entries = `{array_agg(struct_pack(k := ${sqlOf(call, 0)}, v := ${sqlOf(call, 1)}))}`;
      return once(
        [`list_filter(${entries}, lambda dp__entry: dp__entry.k IS NOT NULL)`],
        ([list]) =>
          `CASE WHEN len(${list}) > 0 THEN map_from_entries(list_filter(${list}, lambda dp__entry, dp__place: NOT list_contains(list_transform(${list}[1:dp__place - 1], lambda dp__before: dp__before.k), dp__entry.k))) END`,
      );
    },
    AGGREGATE,
  );
}

/** The first value of each key, of all maps. */
function union(call: CallInput): string {
  const entries = `flatten(list_filter({array_agg(map_entries(${sqlOf(call, 0)}))}, lambda dp__map: dp__map IS NOT NULL))`;
  return once([entries], ([list]) => {
    const keys = `list_transform(${list}, lambda dp__entry: dp__entry.key)`;
    const first = `list_filter(${list}, lambda dp__entry, dp__place: list_position(${keys}, dp__entry.key) = dp__place)`;
    return `CASE WHEN ${list} IS NOT NULL THEN map_from_entries(list_transform(${first}, lambda dp__entry: struct_pack(k := dp__entry.key, v := dp__entry.value))) END`;
  });
}

/** Entries of `{array_agg}` by their keys, in the order the keys first came. */
function multimap(call: CallInput): string {
  const entries = `{array_agg(struct_pack(k := ${sqlOf(call, 0)}, v := ${sqlOf(call, 1)}))}`;
  const values = (list: string): string =>
    `list_transform(list_filter(${list}, lambda dp__entry: dp__entry.k = dp__item), lambda dp__entry: dp__entry.v)`;
  return once(
    [`list_filter(${entries}, lambda dp__entry: dp__entry.k IS NOT NULL)`],
    ([list = '']) =>
      `CASE WHEN len(${list}) > 0 THEN map_from_entries(list_transform(list_distinct(list_transform(${list}, lambda dp__entry: dp__entry.k)), lambda dp__item: struct_pack(k := dp__item, v := ${values(list)}))) END`,
  );
}

import { once } from '../plan/once.ts';
import { duckdbType } from '../types/type.ts';
import { bodyOf, type CallInput, type Definition, define, type Registry, sqlOf } from './registry.ts';

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
  define(registry, 'reduce_agg', 'T, S, function(S,T,S), function(S,S,S) -> S', reduced, AGGREGATE);
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

/** Row by row, from the first state; rows without a value do not count. Parts are never put together here. */
function reduced(call: CallInput): string {
  const state = duckdbType(call.result);
  const element = duckdbType(call.arguments[0]?.type ?? call.result);
  const values = `list_filter({array_agg(${sqlOf(call, 0)})}, lambda dp__item: dp__item IS NOT NULL)`;
  return once([values], ([list]) => {
    const first = `struct_pack(state := CAST(${sqlOf(call, 1)} AS ${state}), item := CAST(NULL AS ${element}))`;
    const rest = `list_transform(${list}, lambda dp__item: struct_pack(state := CAST(NULL AS ${state}), item := dp__item))`;
    const step = `CAST(${bodyOf(call, 2, ['dp__sofar.state', 'dp__next.item'])} AS ${state})`;
    const last = `list_reduce(list_concat([${first}], ${rest}), lambda dp__sofar, dp__next: struct_pack(state := ${step}, item := dp__next.item)).state`;
    return `CASE WHEN len(${list}) > 0 THEN ${last} END`;
  });
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

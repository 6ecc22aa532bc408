import { raiseWhen } from '../plan/bound.ts';
import { textOf } from '../plan/cast.ts';
import { once } from '../plan/once.ts';
import { isFloating } from '../types/coercion.ts';
import { array, duckdbType, type Type } from '../types/type.ts';
import { bodyOf, type CallInput, constantOf, define, type Registry, sqlOf } from './registry.ts';
import { monthsBetween } from './time.ts';

/** Arrays. */
export function defineArrays(registry: Registry): void {
  define(registry, 'cardinality', 'array(T) -> bigint', 'len($1)');
  define(registry, 'element_at', 'array(T), bigint -> T', (call) =>
    once(
      [sqlOf(call, 1)],
      ([index], [list]) =>
        raiseWhen(`${index} = 0`, 'SQL array indices start at 1', `list_extract(${list}, ${index})`),
      [sqlOf(call, 0)],
    ),
  );
  define(registry, 'contains', 'array(T), T -> boolean', contains);
  define(registry, 'arrays_overlap', 'array(T), array(T) -> boolean', overlap);
  define(registry, 'array_distinct', 'array(T) -> array(T)', (call) => distinct(sqlOf(call, 0)));
  define(registry, 'array_sort', 'array(T) -> array(T)', "list_sort($1, 'ASC', 'NULLS LAST')");
  for (const name of ['max', 'min']) {
    define(registry, `array_${name}`, 'array(T) -> T', (call) =>
      once([sqlOf(call, 0)], ([list]) => {
        const plain = `list_${name}(${list})`;
        const numbers = `list_${name}(list_filter(${list}, lambda dp__item: NOT isnan(dp__item)))`;
        // NaN counts only where there is no number.
        const extreme = isFloating(call.result) ? `coalesce(${numbers}, ${plain})` : plain;
        return `CASE WHEN len(${list}) = list_count(${list}) THEN ${extreme} END`;
      }),
    );
  }
  define(registry, 'array_position', 'array(T), T -> bigint', (call) =>
    once(
      [sqlOf(call, 0), sqlOf(call, 1)],
      ([list, item]) =>
        `CASE WHEN ${list} IS NOT NULL AND ${item} IS NOT NULL THEN coalesce(CAST(list_position(${list}, ${item}) AS BIGINT), 0) END`,
    ),
  );
  define(registry, 'array_remove', 'array(T), T -> array(T)', (call) =>
    once(
      [sqlOf(call, 1)],
      ([item], [list]) =>
        `CASE WHEN ${item} IS NOT NULL THEN list_filter(${list}, lambda dp__item: dp__item IS DISTINCT FROM ${item}) END`,
      [sqlOf(call, 0)],
    ),
  );
  defineWholes(registry);
  defineOrders(registry);
  defineSets(registry);
  defineLambdas(registry);
  defineSequences(registry);
}

/** What makes one array of others, or a text of one. */
function defineWholes(registry: Registry): void {
  define(registry, 'array_join', 'array(T), varchar -> varchar', joined);
  define(registry, 'array_join', 'array(T), varchar, varchar -> varchar', joined);
  define(
    registry,
    'flatten',
    'array(array(T)) -> array(T)',
    'flatten(list_filter($1, lambda dp__item: dp__item IS NOT NULL))',
  );
  define(registry, 'trim_array', 'array(T), bigint -> array(T)', (call) =>
    once([sqlOf(call, 0), sqlOf(call, 1)], ([list, count]) =>
      raiseWhen(
        `${count} < 0 OR ${count} > len(${list})`,
        'size must not be negative nor exceed the array',
        `list_slice(${list}, 1, len(${list}) - ${count})`,
      ),
    ),
  );
  define(registry, 'repeat', 'T, bigint -> array(T)', (call) =>
    once([sqlOf(call, 1), sqlOf(call, 0)], ([count, item]) =>
      raiseWhen(
        `${count} < 0`,
        'count argument of repeat function must be greater than or equal to 0',
        `CASE WHEN ${count} IS NOT NULL THEN list_transform(range(0, ${count}), lambda dp__at: ${item}) END`,
      ),
    ),
  );
  define(registry, 'concat', 'array(T), array(T) -> array(T)', concatenated);
  define(registry, 'concat', 'array(T), array(T), array(T)... -> array(T)', concatenated);
  define(registry, 'zip', 'array(T), array(U) -> array(row(T,U))', (call) => zipped(call, 2));
  define(registry, 'zip', 'array(T), array(U), array(V) -> array(row(T,U,V))', (call) => zipped(call, 3));
  const four = 'array(T), array(U), array(V), array(W)';
  define(registry, 'zip', `${four} -> array(row(T,U,V,W))`, (call) => zipped(call, 4));
  define(registry, 'zip', `${four}, array(X) -> array(row(T,U,V,W,X))`, (call) => zipped(call, 5));
}

function defineOrders(registry: Registry): void {
  define(registry, 'slice', 'array(T), bigint, bigint -> array(T)', slice);
  define(registry, 'reverse', 'array(T) -> array(T)', 'list_reverse($1)');
  define(registry, 'array_sort', 'array(T), function(T,T,integer) -> array(T)', sortedBy);
  define(registry, 'ngrams', 'array(T), bigint -> array(array(T))', ngrams);
  define(registry, 'combinations', 'array(T), bigint -> array(array(T))', combinations);
  define(registry, 'contains_sequence', 'array(T), array(T) -> boolean', (call) =>
    once([sqlOf(call, 0), sqlOf(call, 1)], ([list, sought]) => {
      const starts = `range(1, greatest(len(${list}) - len(${sought}) + 2, 1))`;
      const found = `list_transform(${starts}, lambda dp__at: ${list}[dp__at:dp__at + len(${sought}) - 1] = ${sought})`;
      return `CASE WHEN ${list} IS NOT NULL AND ${sought} IS NOT NULL THEN len(${sought}) = 0 OR list_contains(${found}, true) END`;
    }),
  );
  define(registry, 'array_histogram', 'array(T) -> map(T,bigint)', histogram);
}

/** Each item's place is the number of items that the comparator puts before it; equal ones keep their order. */
function sortedBy(call: CallInput): string {
  return once([sqlOf(call, 0)], ([list]) => {
    const compared = bodyOf(call, 1, ['dp__other', 'dp__item']);
    const wrong = raiseWhen('true', 'Lambda comparator must return either -1, 0, or 1', 'NULL');
    const before = `CASE ${compared} WHEN -1 THEN true WHEN 0 THEN dp__at < dp__place WHEN 1 THEN false ELSE ${wrong} END`;
    const placed = `list_transform(${list}, lambda dp__item, dp__place: struct_pack(place := len(list_filter(${list}, lambda dp__other, dp__at: dp__at <> dp__place AND ${before})), item := dp__item))`;
    return `list_transform(list_sort(${placed}), lambda dp__entry: dp__entry.item)`;
  });
}

/** Runs of so many items; the whole array when it has no more. */
function ngrams(call: CallInput): string {
  return once([sqlOf(call, 0), sqlOf(call, 1)], ([list, size]) => {
    const starts = `range(1, greatest(len(${list}) - ${size} + 1, 1) + 1)`;
    const runs = `list_transform(${starts}, lambda dp__start: ${list}[dp__start:dp__start + ${size} - 1])`;
    const made = raiseWhen(`${size} <= 0`, 'N must be positive', runs);
    return `CASE WHEN ${list} IS NOT NULL AND ${size} IS NOT NULL THEN ${made} END`;
  });
}

/** The most items that combinations of, and the most combinations. */
const COMBINED_MAX = 5;

/** Runs of so many items in the order they stand in, which are chosen in Trino by their places. */
function combinations(call: CallInput): string {
  const size = Number(constantOf(call, 1, 'a size'));
  if (!(size >= 0 && size <= COMBINED_MAX))
    throw call.refuse(call.arguments[1], `combination size must not be negative nor exceed ${COMBINED_MAX}`);
  return once([sqlOf(call, 0)], ([list = '']) => {
    const element = call.result.base === 'array' ? duckdbType(call.result) : 'VARCHAR[][]';
    if (size === 0) return `CASE WHEN ${list} IS NOT NULL THEN CAST([[]] AS ${element}) END`;
    // Each run of places is followed by all places after its last.
    let places = `list_transform(range(1, len(${list}) + 1), lambda dp__at: [dp__at])`;
    for (let more = 1; more < size; more++) {
      places = `flatten(list_transform(${places}, lambda dp__run${more}: list_transform(range(dp__run${more}[-1] + 1, len(${list}) + 1), lambda dp__at: list_append(dp__run${more}, dp__at))))`;
    }
    return `list_transform(${places}, lambda dp__run: list_transform(dp__run, lambda dp__at: ${list}[dp__at]))`;
  });
}

function histogram(call: CallInput): string {
  const count = (list: string): string =>
    `list_transform(list_distinct(${list}), lambda dp__item: struct_pack(k := dp__item, v := CAST(len(list_filter(${list}, lambda dp__other: dp__other = dp__item)) AS BIGINT)))`;
  return once([sqlOf(call, 0)], ([list = '']) => `map_from_entries(${count(list)})`);
}

function contains(call: CallInput): string {
  return once(
    [sqlOf(call, 0), sqlOf(call, 1)],
    ([list, item]) =>
      `CASE WHEN ${list} IS NULL OR ${item} IS NULL THEN NULL WHEN list_contains(${list}, ${item}) THEN true WHEN len(${list}) > list_count(${list}) THEN NULL ELSE false END`,
  );
}

function overlap(call: CallInput): string {
  return once(
    [sqlOf(call, 0), sqlOf(call, 1)],
    ([one, other]) =>
      `CASE WHEN ${one} IS NULL OR ${other} IS NULL THEN NULL WHEN list_has_any(${one}, ${other}) THEN true WHEN (len(${one}) > list_count(${one}) AND len(${other}) > 0) OR (len(${other}) > list_count(${other}) AND len(${one}) > 0) THEN NULL ELSE false END`,
  );
}

/** The first of equal items stays where it is; NULL equals NULL. */
function distinct(sql: string): string {
  return once(
    [sql],
    ([list]) =>
      `list_filter(${list}, lambda dp__item, dp__place: NOT list_contains(list_transform(${list}[1:dp__place - 1], lambda dp__before: coalesce(dp__before IS NOT DISTINCT FROM dp__item, false)), true))`,
  );
}

function joined(call: CallInput): string {
  const type = call.arguments[0]?.type;
  const element: Type = type?.base === 'array' ? type.element : { base: 'varchar' };
  const isPlain = element.base === 'varchar' || element.base === 'unknown';
  const text = isPlain ? 'CAST(dp__item AS VARCHAR)' : textOf('dp__item', element);
  if (text === undefined) throw call.refuse(call.arguments[0], 'the elements cannot be written as text');
  const list = `list_transform(${sqlOf(call, 0)}, lambda dp__item: ${text})`;
  const missing = call.arguments[2]?.sql;
  const shown =
    missing === undefined ? list : `list_transform(${list}, lambda dp__item: coalesce(dp__item, ${missing}))`;
  return once(
    [shown, sqlOf(call, 1)],
    ([texts, by]) =>
      `CASE WHEN ${texts} IS NOT NULL AND ${by} IS NOT NULL${missing === undefined ? '' : ` AND ${missing} IS NOT NULL`} THEN coalesce(array_to_string(${texts}, ${by}), '') END`,
  );
}

function slice(call: CallInput): string {
  return once([sqlOf(call, 0), sqlOf(call, 1), sqlOf(call, 2)], ([list, start, length]) => {
    const first = `CASE WHEN ${start} < 0 THEN len(${list}) + ${start} + 1 ELSE ${start} END`;
    const inside = `CASE WHEN ${start} < -len(${list}) OR ${length} = 0 THEN ${list}[1:0] ELSE list_slice(${list}, ${first}, ${first} + ${length} - 1) END`;
    return raiseWhen(
      `${start} = 0 OR ${length} < 0`,
      'SQL array indices start at 1, and a length is not negative',
      inside,
    );
  });
}

function concatenated(call: CallInput): string {
  return `(${call.arguments.map((item) => item.sql).join(' || ')})`;
}

function zipped(call: CallInput, count: number): string {
  const lists = Array.from({ length: count }, (_, index) => sqlOf(call, index));
  const fields = lists.map((_, index) => `field${index} := dp__pair[${index + 1}]`).join(', ');
  return `CASE WHEN ${lists.map((list) => `${list} IS NULL`).join(' OR ')} THEN NULL ELSE list_transform(list_zip(${lists.join(', ')}), lambda dp__pair: struct_pack(${fields})) END`;
}

function defineSets(registry: Registry): void {
  const both = (call: CallInput, made: (one: string, other: string) => string): string =>
    once([sqlOf(call, 0), sqlOf(call, 1)], ([one = '', other = '']) => made(one, other));
  const isIn = (list: string): string =>
    `(CASE WHEN dp__item IS NULL THEN len(${list}) > list_count(${list}) ELSE list_contains(${list}, dp__item) END)`;
  define(registry, 'array_union', 'array(T), array(T) -> array(T)', (call) =>
    distinct(`(${sqlOf(call, 0)} || ${sqlOf(call, 1)})`),
  );
  define(registry, 'array_intersect', 'array(T), array(T) -> array(T)', (call) =>
    both(
      call,
      (one, other) =>
        `CASE WHEN ${other} IS NOT NULL THEN ${distinct(`list_filter(${one}, lambda dp__item: ${isIn(other)})`)} END`,
    ),
  );
  define(registry, 'array_except', 'array(T), array(T) -> array(T)', (call) =>
    both(call, (one, other) => {
      const kept = distinct(`list_filter(${one}, lambda dp__item: NOT ${isIn(other)})`);
      // With nothing to take away Trino gives the array as it is, repeats and all.
      return `CASE WHEN len(${other}) = 0 THEN ${one} WHEN ${other} IS NOT NULL THEN ${kept} END`;
    }),
  );
}

function lambda(call: CallInput, index: number): string {
  const argument = call.arguments[index];
  return `lambda ${(argument?.lambda ?? []).join(', ')}: ${argument?.sql ?? 'NULL'}`;
}

function defineLambdas(registry: Registry): void {
  define(
    registry,
    'transform',
    'array(T), function(T,U) -> array(U)',
    (call) => `list_transform(${sqlOf(call, 0)}, ${lambda(call, 1)})`,
  );
  define(
    registry,
    'filter',
    'array(T), function(T,boolean) -> array(T)',
    (call) => `list_filter(${sqlOf(call, 0)}, ${lambda(call, 1)})`,
  );
  const matches =
    (whenTrue: boolean, found: string, otherwise: string) =>
    (call: CallInput): string =>
      once(
        [`list_transform(${sqlOf(call, 0)}, ${lambda(call, 1)})`],
        ([list]) =>
          `CASE WHEN ${list} IS NULL THEN NULL WHEN list_contains(${list}, ${whenTrue}) THEN ${found} WHEN len(${list}) > list_count(${list}) THEN NULL ELSE ${otherwise} END`,
      );
  define(registry, 'any_match', 'array(T), function(T,boolean) -> boolean', matches(true, 'true', 'false'));
  define(registry, 'all_match', 'array(T), function(T,boolean) -> boolean', matches(false, 'false', 'true'));
  define(registry, 'none_match', 'array(T), function(T,boolean) -> boolean', matches(true, 'false', 'true'));
  define(registry, 'reduce', 'array(T), S, function(S,T,S), function(S,R) -> R', reduced);
  define(registry, 'zip_with', 'array(T), array(U), function(T,U,R) -> array(R)', (call) => {
    const pairs = `list_zip(${sqlOf(call, 0)}, ${sqlOf(call, 1)})`;
    return `CASE WHEN ${sqlOf(call, 0)} IS NULL OR ${sqlOf(call, 1)} IS NULL THEN NULL ELSE list_transform(${pairs}, lambda dp__pair: ${bodyOf(call, 2, ['dp__pair[1]', 'dp__pair[2]'])}) END`;
  });
}

/** DuckDB reduces only to the elements' own type, so each element travels with a state beside it. */
function reduced(call: CallInput): string {
  const source = call.arguments[0]?.type;
  const element: Type = source?.base === 'array' ? source.element : { base: 'varchar' };
  const state = duckdbType(call.arguments[1]?.type ?? element);
  const first = `struct_pack(state := CAST(${sqlOf(call, 1)} AS ${state}), item := CAST(NULL AS ${duckdbType(element)}))`;
  const rest = `list_transform(${sqlOf(call, 0)}, lambda dp__item: struct_pack(state := CAST(NULL AS ${state}), item := dp__item))`;
  const step = `CAST(${bodyOf(call, 2, ['dp__sofar.state', 'dp__next.item'])} AS ${state})`;
  const last = `list_reduce(list_concat([${first}], ${rest}), lambda dp__sofar, dp__next: struct_pack(state := ${step}, item := dp__next.item)).state`;
  return `CASE WHEN ${sqlOf(call, 0)} IS NOT NULL THEN list_transform([${last}], lambda dp__reached: ${bodyOf(call, 3, ['dp__reached'])})[1] END`;
}

/** The most entries Trino's sequence makes. */
const SEQUENCE_ENTRIES_MAX = 10_000;

function defineSequences(registry: Registry): void {
  const numbers = (call: CallInput): string => {
    const given = call.arguments.map((item) => item.sql);
    return once(given, ([start, stop, step]) => {
      const by = step ?? `CASE WHEN ${start} <= ${stop} THEN 1 ELSE -1 END`;
      return checkedSequence({ start, stop, by }, `generate_series(${start}, ${stop}, ${by})`);
    });
  };
  define(registry, 'sequence', 'bigint, bigint -> array(bigint)', numbers);
  define(registry, 'sequence', 'bigint, bigint, bigint -> array(bigint)', numbers);
  define(registry, 'sequence', 'date, date -> array(date)', (call) => dates(call, '1', 'to_days'));
  define(registry, 'sequence', 'date, date, dayToSecond -> array(date)', (call) =>
    dates(call, `CAST(${sqlOf(call, 2)} // 86400000 AS INTEGER)`, 'to_days'),
  );
  define(registry, 'sequence', 'date, date, yearToMonth -> array(date)', (call) => monthly(call, 'DATE'));
  define(
    registry,
    'sequence',
    'timestamp(p), timestamp(p), yearToMonth -> timestamp(p)',
    (call) => monthly(call, 'TIMESTAMP'),
    {
      result: (call) => array(call.bindings.sized.get('p') ?? { base: 'timestamp', precision: 3 }),
    },
  );
  define(
    registry,
    'sequence',
    'timestamp(p), timestamp(p), dayToSecond -> timestamp(p)',
    (call) =>
      `generate_series(${sqlOf(call, 0)}, ${sqlOf(call, 1)}, to_microseconds(${sqlOf(call, 2)} * 1000))`,
    {
      result: (call) => array(call.bindings.sized.get('p') ?? { base: 'timestamp', precision: 3 }),
    },
  );
}

const BACKWARDS =
  'sequence stop value should be greater than or equal to start value if step is greater than zero, otherwise less';

function checkedSequence(
  of: { start: string | undefined; stop: string | undefined; by: string },
  value: string,
): string {
  const wrong = `(${of.by} = 0 OR (${of.by} > 0 AND ${of.stop} < ${of.start}) OR (${of.by} < 0 AND ${of.stop} > ${of.start}))`;
  const many = `(${of.stop} - ${of.start}) // ${of.by} >= ${SEQUENCE_ENTRIES_MAX}`;
  const inner = raiseWhen(
    many,
    `result of sequence function must not have more than ${SEQUENCE_ENTRIES_MAX} entries`,
    value,
  );
  return raiseWhen(wrong, BACKWARDS, inner);
}

/** Each is so many months from the first, so that a 31st comes back after shorter months. */
function monthly(call: CallInput, type: 'DATE' | 'TIMESTAMP'): string {
  return once([sqlOf(call, 0), sqlOf(call, 1), sqlOf(call, 2)], ([start = '', stop = '', step = '1']) => {
    const count = `${monthsBetween(start, stop)} // nullif(${step}, 0)`;
    const series = `list_transform(range(0, CAST(${count} AS BIGINT) + 1), lambda dp__month: CAST(CAST(${start} AS TIMESTAMP) + to_months(CAST(dp__month * ${step} AS INTEGER)) AS ${type}))`;
    const wrong = `(${step} = 0 OR (${step} > 0 AND ${stop} < ${start}) OR (${step} < 0 AND ${stop} > ${start}))`;
    return raiseWhen(wrong, BACKWARDS, series);
  });
}

function dates(call: CallInput, by: string, interval: 'to_days'): string {
  return once([sqlOf(call, 0), sqlOf(call, 1), by], ([start, stop, step = '1']) => {
    const series = `list_transform(generate_series(CAST(${start} AS TIMESTAMP), CAST(${stop} AS TIMESTAMP), ${interval}(${step})), lambda dp__day: CAST(dp__day AS DATE))`;
    return checkedSequence({ start, stop, by: step }, series);
  });
}

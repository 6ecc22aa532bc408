import type { Json } from './json.ts';
import type { PathOperator, PathPredicate, PathValue, SqlPath, SqlStep } from './sql-path.ts';

/** Thrown where a path asks for what the value does not have the shape for; ON ERROR says what then comes. */
export const PATH_ERROR = new Error('the path does not fit the value');

/** All items that the path leads to, in order. Throws PATH_ERROR. */
export function followSqlPath(path: SqlPath, document: Json): readonly Json[] {
  return itemsOf(path.value, { strict: path.strict, document });
}

interface Walk {
  readonly strict: boolean;
  readonly document: Json;
  /** What `@` means, in a filter. */
  readonly current?: Json;
}

function itemsOf(value: PathValue, walk: Walk): readonly Json[] {
  const { from } = value;
  const start = from === '$' ? walk.document : from === '@' ? (walk.current ?? walk.document) : from.literal;
  return value.steps.reduce<readonly Json[]>(
    (items, step) => items.flatMap((item) => stepFrom(item, step, walk)),
    [start],
  );
}

function stepFrom(item: Json, step: SqlStep, walk: Walk): readonly Json[] {
  switch (step.kind) {
    case 'member':
      return unwrapped(item, walk).flatMap((each) => memberOf(each, step.name, walk));
    case 'members':
      return unwrapped(item, walk).flatMap((each) => membersOf(each, walk));
    case 'descendants':
      return descendants(item, step.name);
    case 'elements':
      return elementsOf(item, walk);
    case 'places':
      return placesOf(elementsOf(item, walk), step.ranges, walk);
    case 'filter':
      return unwrapped(item, walk).filter(
        (each) => holds(step.predicate, { ...walk, current: each }) === true,
      );
    case 'size':
      return [{ kind: 'number', text: String(elementsOf(item, walk).length) }];
    default:
      return [{ kind: 'string', value: item.kind }];
  }
}

/** In lax mode a step into members goes through the elements of an array by itself. */
function unwrapped(item: Json, { strict }: Walk): readonly Json[] {
  return !strict && item.kind === 'array' ? item.items : [item];
}

function memberOf(item: Json, name: string, { strict }: Walk): readonly Json[] {
  const found = item.kind === 'object' ? item.members.filter(([member]) => member === name) : [];
  const last = found.at(-1);
  if (last === undefined && strict) throw PATH_ERROR;
  return last === undefined ? [] : [last[1]];
}

function membersOf(item: Json, { strict }: Walk): readonly Json[] {
  if (item.kind === 'object') return item.members.map(([, value]) => value);
  if (strict) throw PATH_ERROR;
  return [];
}

function descendants(item: Json, name: string): readonly Json[] {
  if (item.kind === 'array') return item.items.flatMap((each) => descendants(each, name));
  if (item.kind !== 'object') return [];
  const own = item.members.filter(([member]) => member === name).map(([, value]) => value);
  return [...own, ...item.members.flatMap(([, value]) => descendants(value, name))];
}

/** In lax mode anything else is an array of itself. */
function elementsOf(item: Json, { strict }: Walk): readonly Json[] {
  if (item.kind === 'array') return item.items;
  if (strict) throw PATH_ERROR;
  return [item];
}

function placesOf(
  items: readonly Json[],
  ranges: (SqlStep & { kind: 'places' })['ranges'],
  { strict }: Walk,
): readonly Json[] {
  const last = items.length - 1;
  return ranges.flatMap(({ from, to = from }) => {
    const [first, final] = [from, to].map((place) =>
      place.fromLast ? last - place.offset : place.offset,
    ) as [number, number];
    if (strict && (first < 0 || final > last || first > final)) throw PATH_ERROR;
    return items.slice(Math.max(0, first), Math.max(0, final + 1));
  });
}

/** Three-valued: undefined where it cannot be said. */
function holds(predicate: PathPredicate, walk: Walk): boolean | undefined {
  switch (predicate.kind) {
    case 'all':
    case 'any': {
      const settles = predicate.kind === 'any';
      const results = predicate.terms.map((term) => holds(term, walk));
      if (results.includes(settles)) return settles;
      return results.includes(undefined) ? undefined : !settles;
    }
    case 'not': {
      const result = holds(predicate.of, walk);
      return result === undefined ? undefined : !result;
    }
    case 'exists':
      return sidesOf([predicate.value], walk)?.[0]?.length !== 0;
    default:
      return anyPair(predicate, walk);
  }
}

function sidesOf(values: readonly PathValue[], walk: Walk): readonly (readonly Json[])[] | undefined {
  try {
    return values.map((value) => itemsOf(value, walk));
  } catch (error) {
    if (error === PATH_ERROR) return undefined;
    throw error;
  }
}

function anyPair(
  predicate: PathPredicate & { kind: 'compare' | 'starts with' },
  walk: Walk,
): boolean | undefined {
  const sides = sidesOf([predicate.left, predicate.right], walk);
  if (sides === undefined) return undefined;
  const [left = [], right = []] = sides.map((items) => items.flatMap((item) => unwrapped(item, walk)));
  const results = left.flatMap((one) =>
    right.map((other) =>
      predicate.kind === 'compare'
        ? compared(predicate.operator, one, other)
        : one.kind === 'string' && other.kind === 'string'
          ? one.value.startsWith(other.value)
          : undefined,
    ),
  );
  if (walk.strict && results.includes(undefined)) return undefined;
  if (results.includes(true)) return true;
  return results.includes(undefined) ? undefined : false;
}

function compared(operator: PathOperator, one: Json, other: Json): boolean | undefined {
  if (one.kind === 'null' || other.kind === 'null') {
    if (operator !== '==' && operator !== '<>') return undefined;
    return (one.kind === other.kind) === (operator === '==');
  }
  const [left, right] = [comparable(one), comparable(other)];
  if (left === undefined || right === undefined || typeof left !== typeof right) return undefined;
  switch (operator) {
    case '==':
      return left === right;
    case '<>':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}

function comparable(value: Json): string | number | boolean | undefined {
  if (value.kind === 'number') return Number(value.text);
  return value.kind === 'string' || value.kind === 'boolean' ? value.value : undefined;
}

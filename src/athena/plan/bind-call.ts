import { FUNCTIONS } from '../functions/functions.ts';
import type { Argument, CallInput, Overload } from '../functions/registry.ts';
import { Bindings, isVariable, matchType, type Pattern, typeOfPattern } from '../functions/signature.ts';
import type { Call, Expression } from '../sql/tree.ts';
import { commonSuperType } from '../types/coercion.ts';
import * as types from '../types/type.ts';
import { bindBoolean, bindExpression, coerce } from './bind-expression.ts';
import { bindSpecial } from './bind-special.ts';
import { bindOver, sortSql } from './bind-window.ts';
import { type Bound, combine, raiseWhen } from './bound.ts';
import { coerceSql } from './cast.ts';
import { hasNull, holdsMap, isContainer, orderedSql } from './compare.ts';
import { type Context, notSupported, refuse } from './context.ts';
import { ownScope } from './scope.ts';

/** A function's call: scalar, aggregate or window. */
export function bindCall(call: Call, context: Context): Bound {
  const special = bindSpecial(call, context);
  if (special !== undefined) return special;
  const overloads = FUNCTIONS.get(call.name);
  if (overloads === undefined)
    throw notSupported(context, call.at, `the function ${call.name}, if Athena has it`);
  const kind = overloads[0]?.kind ?? 'scalar';
  checkPlace(call, kind, context);
  const inner: Context =
    kind === 'scalar'
      ? context
      : {
          ...context,
          inAggregate: kind === 'aggregate' && call.over === undefined,
          keys: call.over === undefined ? new Map() : context.keys,
        };
  const given = call.arguments.map((argument) =>
    argument.kind === 'lambda' ? undefined : bindExpression(argument, inner),
  );
  if (call.star && call.name !== 'count') throw refuse(context, call.at, `${call.name}(*) is not a function`);
  const chosen = choose(overloads, given, call);
  if (chosen === undefined) throw noOverload(call, given, context);
  if (chosen === 'ambiguous') {
    throw refuse(
      context,
      call.at,
      `Could not choose a best candidate for ${call.name}: cast the NULL to a type`,
    );
  }
  return emitCall({ call, given, ...chosen }, inner, context);
}

function checkPlace(call: Call, kind: Overload['kind'], context: Context): void {
  const { at, name } = call;
  if (kind === 'window' && call.over === undefined)
    throw refuse(context, at, `Window function ${name} requires OVER clause`);
  if (kind === 'scalar') {
    const only =
      call.over !== undefined
        ? 'OVER'
        : call.filter !== undefined
          ? 'FILTER'
          : call.distinct
            ? 'DISTINCT'
            : call.orderBy.length > 0
              ? 'ORDER BY'
              : undefined;
    if (only !== undefined)
      throw refuse(context, at, `${only} is only for aggregates: ${name} is a scalar function`);
    return;
  }
  if (context.without !== undefined) {
    const what = call.over === undefined ? 'aggregations' : 'window functions';
    throw refuse(context, at, `${context.without} cannot contain ${what}: ${name}`);
  }
  if (context.lambdaDepth > 0)
    throw refuse(context, at, `Lambda expression cannot contain aggregations or window functions: ${name}`);
  if (context.inAggregate) throw refuse(context, at, `Cannot nest aggregations inside aggregation: ${name}`);
  if (call.over !== undefined && call.filter !== undefined)
    throw refuse(context, at, 'FILTER is not yet supported for window functions');
  if (call.over !== undefined && call.distinct)
    throw refuse(context, at, 'DISTINCT in window function parameters not yet supported');
}

interface Chosen {
  readonly overload: Overload;
  readonly bindings: Bindings;
}

/**
 * The overload whose parameters are nearest to the arguments; the first of equals. `ambiguous` when an argument
 * is a bare NULL and overloads of different results would take it: Trino asks for a cast there.
 */
function choose(
  overloads: readonly Overload[],
  given: readonly (Bound | undefined)[],
  call: Call,
): Chosen | 'ambiguous' | undefined {
  const possible: (Chosen & { cost: number })[] = [];
  for (const overload of overloads) {
    const { parameters, variadic } = overload.signature;
    const fits = variadic ? given.length >= parameters.length - 1 : given.length === parameters.length;
    if (!fits || call.star !== (parameters.length === 0 && call.name === 'count')) continue;
    const bindings = new Bindings();
    let cost = variadic ? 0.5 : 0;
    for (const [index, argument] of given.entries()) {
      const pattern = parameters[Math.min(index, parameters.length - 1)];
      if (pattern === undefined || (pattern.base === 'function') !== (argument === undefined)) {
        cost = Number.POSITIVE_INFINITY;
      } else if (argument !== undefined) cost += variadicCost(pattern, argument, { bindings, variadic });
    }
    if (cost < Number.POSITIVE_INFINITY) possible.push({ overload, bindings, cost });
  }
  const results = new Set(possible.map(({ overload }) => overload.signature.result.base));
  if (call.name === 'concat_ws' && given[1]?.type.base === 'unknown' && given.length === 2)
    return 'ambiguous';
  if (given.some((argument) => argument?.type.base === 'unknown') && results.size > 1) return 'ambiguous';
  const least = Math.min(...possible.map(({ cost }) => cost));
  return possible.find(({ cost }) => cost === least);
}

/** In `format(varchar, A...)` the values may each have their own type. */
function variadicCost(
  pattern: Pattern,
  argument: Bound,
  how: { bindings: Bindings; variadic: boolean },
): number {
  if (how.variadic && isVariable(pattern) && pattern.base === 'A') return 0;
  return matchType(pattern, argument.type, how.bindings);
}

function noOverload(call: Call, given: readonly (Bound | undefined)[], context: Context): Error {
  const shown = given
    .map((argument) => (argument === undefined ? 'function' : types.typeText(argument.type)))
    .join(', ');
  const message = `Unexpected parameters (${shown}) for function ${call.name}`;
  const overloads = FUNCTIONS.get(call.name) ?? [];
  const isKnown = overloads.some(
    ({ signature }) => signature.variadic || signature.parameters.length === given.length,
  );
  // Athena may have forms of the function that local lacks.
  return isKnown ? refuse(context, call.at, message) : notSupported(context, call.at, message);
}

/** A lambda may widen a type that its own parameters have, as in `reduce(bigints, 0, …)`: then all are bound anew. */
function bindArguments(resolved: Resolved, context: Context): Argument[] {
  const { call, bindings } = resolved;
  const before = new Map(bindings.types);
  for (let tries = 0; tries < WIDENED_MAX; tries++) {
    const known = [...bindings.types].filter(([name]) => before.has(name));
    const parts = call.arguments.map((expression, index) =>
      bindArgument(resolved, { index, expression }, context),
    );
    if (known.every(([name, type]) => types.sameType(type, bindings.types.get(name) ?? type))) return parts;
  }
  throw refuse(context, call.at, `The lambdas of ${call.name} have no type that stays: cast its first value`);
}

/** Trino's limit; decimals would grow for ever. */
const WIDENED_MAX = 4;

interface Resolved extends Chosen {
  readonly call: Call;
  readonly given: readonly (Bound | undefined)[];
}

function emitCall(resolved: Resolved, inner: Context, context: Context): Bound {
  const { call, overload, bindings } = resolved;
  const parts = bindArguments(resolved, inner).map((part, index) =>
    comparable(part, { call, index }, context),
  );
  const input: Omit<CallInput, 'result'> = {
    arguments: parts,
    types: resolved.given.map((argument) => argument?.type ?? types.UNKNOWN),
    bindings,
    refuse: (argument, why) => refuse(context, argument?.at ?? call.at, why),
    notSupported: (argument, what) => notSupported(context, argument?.at ?? call.at, what),
  };
  const result = overload.result?.(input) ?? typeOfPattern(overload.signature.result, bindings);
  const full: CallInput = { ...input, result };
  const template = typeof overload.emit === 'string' ? fill(overload.emit, full) : overload.emit(full);
  const suffix = bindSuffix(call, parts, inner, context);
  const marked =
    overload.kind === 'scalar'
      ? template
      : mark(template, suffix.text, call.distinct ? 'DISTINCT ' : '', suffix.orderBy);
  const sql = marked.replaceAll(/\bdp__(\w+)/g, (_, name: string) => `dp_${context.lambdaDepth}_${name}`);
  const bound = combine([...parts, ...suffix.parts], { sql, type: result, at: call.at });
  if (overload.kind === 'scalar') return overload.volatile ? { ...bound, volatile: true } : bound;
  if (call.over !== undefined) return { ...bound, window: true };
  // What an aggregate used of its own query is grouped by it; what it used of an outer one is not.
  const loose =
    call.name === 'grouping' ? [] : bound.loose.filter((column) => column.scope !== ownScope(context.scope));
  return { ...bound, aggregate: true, loose };
}

/** Functions that put their first argument, or the elements of it, in an order. */
const ORDERING: readonly string[] = ['min', 'max', 'array_min', 'array_max', 'array_sort'];
/** Functions that ask whether elements are equal. */
const EQUATING =
  /^(?:array_(?:distinct|union|intersect|except|position|remove|histogram)|contains|arrays_overlap|histogram|map_agg|multimap_agg|map_from_entries|approx_distinct)$/;

/** The argument as it may be compared: in an order, where the function needs one. */
function comparable(
  part: Argument,
  { call, index }: { call: Call; index: number },
  context: Context,
): Argument {
  const { type, sql } = part;
  if (part.lambda !== undefined) return part;
  if ((call.distinct || EQUATING.test(call.name)) && holdsMap(type) && !/^map|^multimap/.test(call.name))
    throw notSupported(context, part.at, `whether values of type ${type.base} with maps in them are equal`);
  if (call.name === 'contains' && type.base === 'array' && isContainer(type.element) && index === 0)
    return {
      ...part,
      sql: raiseWhen(
        hasNull(sql, type),
        'contains does not support arrays with elements that are null or contain null',
        sql,
      ),
    };
  if ((call.name === 'max_by' || call.name === 'min_by') && index === 1)
    return { ...part, sql: orderedSql(part, context) };
  if (!ORDERING.includes(call.name) || index !== 0 || call.arguments.some(({ kind }) => kind === 'lambda'))
    return part;
  if (!call.name.startsWith('array')) return { ...part, sql: orderedSql(part, context) };
  if (type.base !== 'array' || !isContainer(type.element)) {
    if (type.base === 'array') orderedSql({ ...part, type: type.element }, context);
    return part;
  }
  const inner = orderedSql({ sql: 'dp__ordered', type: type.element, at: part.at }, context);
  return { ...part, sql: `list_transform(${sql}, lambda dp__ordered: ${inner})` };
}

function fill(template: string, call: CallInput): string {
  return template
    .replaceAll('$result', () => types.duckdbType(call.result))
    .replaceAll(/\$(\d|\*)/g, (_, which: string) =>
      which === '*'
        ? call.arguments.map((item) => item.sql).join(', ')
        : (call.arguments[Number(which) - 1]?.sql ?? 'NULL'),
    );
}

interface Suffix {
  readonly text: string;
  readonly orderBy: string;
  readonly parts: readonly Bound[];
}

function bindSuffix(call: Call, given: readonly Bound[], inner: Context, context: Context): Suffix {
  const parts: Bound[] = [];
  let text = '';
  let orderBy = '';
  if (call.orderBy.length > 0) {
    const sorted = call.orderBy.map((item) => ({ item, bound: bindExpression(item.expression, inner) }));
    const isListed = (bound: Bound): boolean => given.some((argument) => argument.sql === bound.sql);
    if (call.distinct && !sorted.every(({ bound }) => isListed(bound))) {
      throw refuse(
        context,
        call.at,
        'For aggregate function with DISTINCT, ORDER BY expressions must appear in arguments',
      );
    }
    parts.push(...sorted.map(({ bound }) => bound));
    orderBy = ` ORDER BY ${sorted.map(({ item, bound }) => sortSql(orderedSql(bound, context), item)).join(', ')}`;
  }
  if (call.filter !== undefined) {
    const filter = bindBoolean(call.filter, inner, 'Filter expression');
    parts.push(filter);
    text += ` FILTER (WHERE ${filter.sql})`;
  }
  if (call.over !== undefined) {
    const over = bindOver(call.over, { ...context, inAggregate: false });
    parts.push(...over.parts);
    text += ` OVER (${over.sql})`;
  }
  if (call.nulls === 'IGNORE') orderBy += ' IGNORE NULLS';
  return { text, orderBy, parts };
}

/** Gives every call between braces its DISTINCT, ORDER BY, FILTER and OVER. Quoted text is left alone. */
function mark(template: string, suffix: string, distinct: string, orderBy: string): string {
  let out = '';
  let quote = '';
  for (const [index, character] of [...template].entries()) {
    if (quote !== '') {
      if (character === quote) quote = '';
      out += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      out += character;
    } else if (character === '{' && index >= 0) {
      out += '\u0001';
    } else if (character === '}') {
      out = `${out.slice(0, -1)}${orderBy})${suffix}`;
      const start = out.lastIndexOf('\u0001');
      const open = out.indexOf('(', start);
      out =
        out.slice(0, start) +
        out.slice(start + 1, open + 1) +
        (out.startsWith('DISTINCT ', open + 1) ? '' : distinct) +
        out.slice(open + 1);
    } else out += character;
  }
  return out;
}

function bindArgument(
  resolved: Resolved,
  of: { index: number; expression: Expression },
  context: Context,
): Argument {
  const { overload, bindings, given } = resolved;
  const { parameters } = overload.signature;
  const pattern = parameters[Math.min(of.index, parameters.length - 1)];
  if (pattern === undefined) throw new Error('an argument without its parameter');
  const bound = given[of.index];
  if (bound === undefined) return bindLambda(of.expression, { pattern, bindings }, context);
  if (isVariable(pattern) && pattern.base === 'A') return bound;
  const type = typeOfPattern(pattern, bindings);
  if (
    types.sameType(bound.type, type) ||
    (type.base === 'row' && bound.type.base === 'row') ||
    isRowList(type)
  )
    return bound;
  if (type.base === 'decimal' && bound.type.base !== 'decimal')
    return { ...bound, sql: coerceSql(bound.sql, bound.type, type), type };
  if (bound.type.base === type.base && 'precision' in type) return bound;
  return coerce(bound, type, context);
}

/** Rows keep the names of their fields when they are passed on. */
function isRowList(type: types.Type): boolean {
  return type.base === 'array' && type.element.base === 'row';
}

function bindLambda(
  expression: Expression,
  of: { pattern: Pattern; bindings: Bindings },
  context: Context,
): Argument {
  if (expression.kind !== 'lambda') throw refuse(context, expression.at, 'a function expects a lambda here');
  const parameters = of.pattern.of.slice(0, -1);
  const resultPattern = of.pattern.of.at(-1);
  if (expression.parameters.length !== parameters.length || resultPattern === undefined) {
    throw refuse(
      context,
      expression.at,
      `Expected a lambda that takes ${parameters.length} argument(s) but got ${expression.parameters.length}`,
    );
  }
  const depth = context.lambdaDepth + 1;
  const names = expression.parameters.map((_, index) => `lambda${depth}_${index}`);
  const fields = expression.parameters.map((parameter, index) => ({
    name: parameter.name,
    qualifier: [],
    sql: names[index] ?? '',
    type: typeOfPattern(parameters[index] ?? { base: 'T', of: [] }, of.bindings),
  }));
  const body = bindExpression(expression.body, {
    ...context,
    lambdaDepth: depth,
    scope: { fields, parent: context.scope, lambda: true },
  });
  const known = isVariable(resultPattern)
    ? of.bindings.types.get(resultPattern.base)
    : typeOfPattern(resultPattern, of.bindings);
  if (known === undefined) {
    of.bindings.types.set(resultPattern.base, body.type);
    return { ...body, lambda: names };
  }
  if (body.type.base === 'unknown' && !isVariable(resultPattern))
    throw refuse(
      context,
      expression.at,
      `a lambda that gives a bare NULL: cast it to ${types.typeText(known)}`,
    );
  const common = isVariable(resultPattern) ? commonSuperType(known, body.type) : undefined;
  if (common !== undefined && !types.sameType(common, known)) {
    of.bindings.types.set(resultPattern.base, common);
    return { ...coerce(body, common, context), lambda: names };
  }
  return { ...coerce(body, known, context), lambda: names };
}

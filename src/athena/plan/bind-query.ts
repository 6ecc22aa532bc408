import type { Expression, Query, QueryBody, SortItem } from '../sql/tree.ts';
import { commonSuperType } from '../types/coercion.ts';
import * as types from '../types/type.ts';
import { bindExpression, coerceAll } from './bind-expression.ts';
import { bindRelation } from './bind-relation.ts';
import { bindSelect, type RowLimits } from './bind-select.ts';
import { sortSql } from './bind-window.ts';
import { type Bound, type LooseColumn, quoteName } from './bound.ts';
import { coerceSql } from './cast.ts';
import { holdsMap, orderedSql } from './compare.ts';
import { type Context, type NamedQuery, notSupported, type QueryColumn, refuse } from './context.ts';
import type { Scope } from './scope.ts';

/** A query whose names and types are known. */
export interface BoundQuery {
  readonly sql: string;
  readonly columns: readonly QueryColumn[];
  /** What it used of the scopes around it. */
  readonly outer: readonly LooseColumn[];
}

/** What a query inside another sees of where it stands. */
export function insideOf(context: Context): Context {
  return {
    env: context.env,
    scope: { fields: [], parent: context.scope },
    named: context.named,
    keys: new Map(),
    inAggregate: false,
    lambdaDepth: context.lambdaDepth,
    windows: new Map(),
  };
}

/** Resolves a whole query. `finalNames` names its columns as the result does; else they are c0, c1, … */
export function bindQuery(query: Query, outer: Context, finalNames = false): BoundQuery {
  const context = insideOf(outer);
  const named = new Map(context.named);
  const parts: string[] = [];
  let recursive = false;
  const used: LooseColumn[] = [];
  for (const item of query.with) {
    const made = bindWith(item, query.recursive, { ...context, named });
    if (made === undefined) continue;
    named.set(item.name.name, made.named);
    parts.push(`${made.named.alias} AS (${made.sql})`);
    recursive ||= made.recursive;
    used.push(...made.outer);
  }
  const limits = rowLimits(query, context);
  const body = bindBody(query.body, { ...context, named }, { orderBy: query.orderBy, limits, finalNames });
  const prefix = parts.length === 0 ? '' : `WITH ${recursive ? 'RECURSIVE ' : ''}${parts.join(', ')} `;
  return { ...body, sql: prefix + body.sql, outer: [...used, ...body.outer] };
}

function rowLimits(query: Query, context: Context): RowLimits {
  const count = (expression: Expression | undefined): string => {
    if (expression === undefined) return '';
    const value = bindExpression(expression, context).constant;
    if (value === undefined || !/^\d+$/.test(value))
      throw refuse(context, expression.at, 'the number of rows must be a whole number');
    return value;
  };
  const [limit, offset] = [count(query.limit), count(query.offset)];
  const ties = query.withTies === true;
  if (ties && query.orderBy.length === 0)
    throw refuse(context, query.at, 'FETCH FIRST WITH TIES clause requires ORDER BY');
  return { limit, offset, ties };
}

/** ` LIMIT 10 OFFSET 5`, or nothing; with ties, `withTies` limits instead. */
export function limitSql({ limit, offset, ties }: RowLimits): string {
  if (ties) return '';
  return `${limit === '' ? '' : ` LIMIT ${limit}`}${offset === '' ? '' : ` OFFSET ${offset}`}`;
}

/** The places of rows in an order, to be selected beside them for `withTies`. */
export function placesSql(order: readonly string[]): string {
  const by = order.join(', ');
  return `rank() OVER (ORDER BY ${by}) AS ties_rank, row_number() OVER (ORDER BY ${by}) AS ties_row`;
}

/** The rows up to the limit and those that are equal to the last of them in the order. */
export function withTies(
  of: { sql: string; names: readonly string[]; limits: RowLimits },
  context: Context,
): string {
  const alias = context.env.nextName('r');
  const offset = Number(of.limits.offset || 0);
  const items = of.names.map((name) => `${alias}.${name}`).join(', ');
  const places = `ties_row > ${offset} AND ties_rank <= ${offset + Number(of.limits.limit)}`;
  return `SELECT ${items} FROM (${of.sql}) AS ${alias} WHERE ${places} ORDER BY ties_row`;
}

interface BoundWith {
  readonly named: NamedQuery;
  readonly sql: string;
  readonly recursive: boolean;
  readonly outer: readonly LooseColumn[];
}

function bindWith(item: Query['with'][number], mayRecurse: boolean, context: Context): BoundWith | undefined {
  const alias = context.env.nextName('w');
  const { body } = item.query;
  if (
    mayRecurse &&
    item.columns !== undefined &&
    body.kind === 'set' &&
    body.operator === 'UNION' &&
    mentions(body.right, item.name.name)
  ) {
    return bindRecursive(item, body, { alias, context });
  }
  const bound = bindQuery(item.query, context);
  const columns = renamed(bound.columns, item.columns, context);
  return { named: { alias, columns }, sql: bound.sql, recursive: false, outer: bound.outer };
}

export function renamed(
  columns: readonly QueryColumn[],
  names: Query['with'][number]['columns'],
  context: Context,
): QueryColumn[] {
  if (names === undefined) return [...columns];
  const [first] = names;
  if (names.length !== columns.length) {
    throw refuse(
      context,
      first?.at ?? 0,
      `Column alias list has ${names.length} entries but the relation has ${columns.length} columns`,
    );
  }
  return columns.map((column, index) => {
    const name = names[index];
    return name === undefined ? column : { ...column, name: name.name, written: name.written };
  });
}

/** The first part gives the types; the second is turned into them. */
function bindRecursive(
  item: Query['with'][number],
  body: QueryBody & { kind: 'set' },
  of: { alias: string; context: Context },
): BoundWith {
  const { alias, context } = of;
  if (!body.all) throw notSupported(context, body.at, 'recursion with UNION instead of UNION ALL');
  const base = bindBody(body.left, insideOf(context), PLAIN);
  const columns = renamed(base.columns, item.columns, context);
  const named = new Map(context.named).set(item.name.name, { alias, columns });
  const step = bindBody(body.right, { ...insideOf(context), named }, PLAIN);
  for (const [index, column] of columns.entries()) {
    const twin = step.columns[index];
    if (twin === undefined || step.columns.length !== columns.length)
      throw refuse(context, body.at, 'base and step relations of recursion have different number of fields');
    const common = commonSuperType(column.type, twin.type);
    if (common === undefined || !types.sameType(common, column.type)) {
      throw refuse(
        context,
        body.at,
        `recursion step relation output type (${types.typeText(twin.type)}) is not coercible to recursion base relation output type (${types.typeText(column.type)}) at column ${index + 1}`,
      );
    }
  }
  const sql = `${recast(base, columns, context)} UNION ALL ${recast(step, columns, context)}`;
  return { named: { alias, columns }, sql, recursive: true, outer: [...base.outer, ...step.outer] };
}

function mentions(body: QueryBody, name: string): boolean {
  return JSON.stringify(body).includes(`"kind":"tableName","name":[{"name":${JSON.stringify(name)}`);
}

export interface BodyOptions {
  readonly orderBy: readonly SortItem[];
  readonly limits: RowLimits;
  readonly finalNames: boolean;
}

const NO_LIMITS: RowLimits = { limit: '', offset: '', ties: false };
const PLAIN: BodyOptions = { orderBy: [], limits: NO_LIMITS, finalNames: false };

function bindBody(body: QueryBody, context: Context, options: BodyOptions): BoundQuery {
  if (body.kind === 'select') return bindSelect(body, context, options);
  const bound = bindPlainBody(body, context);
  if (options.orderBy.length === 0 && !isLimited(options.limits) && !options.finalNames) return bound;
  return wrapped(bound, context, options);
}

function isLimited({ limit, offset }: RowLimits): boolean {
  return limit !== '' || offset !== '';
}

function bindPlainBody(body: Exclude<QueryBody, { kind: 'select' }>, context: Context): BoundQuery {
  switch (body.kind) {
    case 'query':
      return bindQuery(body.query, { ...context, scope: context.scope.parent ?? context.scope });
    case 'set':
      return bindSet(body, context);
    case 'values':
      return bindValues(body, context);
    default: {
      const relation = bindRelation({ kind: 'tableName', name: body.name, at: body.at }, context);
      const visible = relation.fields.filter((field) => field.hidden !== true);
      const columns = visible.map((field, index) => ({
        ...(field.name === undefined ? {} : { name: field.name, written: field.written ?? field.name }),
        type: field.type,
        sql: `c${index}`,
      }));
      return {
        sql: `SELECT ${visible.map((field, index) => `${field.sql} AS c${index}`).join(', ')} FROM ${relation.sql}`,
        columns,
        outer: relation.outer,
      };
    }
  }
}

/** ORDER BY and LIMIT over something that is not a SELECT, where only its columns can be named. */
function wrapped(bound: BoundQuery, context: Context, options: BodyOptions): BoundQuery {
  const alias = context.env.nextName('r');
  const fields = bound.columns.map((column) => ({
    ...(column.name === undefined ? {} : { name: column.name }),
    qualifier: [],
    sql: `${alias}.${column.sql}`,
    type: column.type,
  }));
  const parent = context.scope.parent;
  const scope: Scope = parent === undefined ? { fields } : { fields, parent };
  const order = options.orderBy.map((item) => {
    const ordinal = ordinalOf(item.expression, fields.length, context);
    const field = ordinal === undefined ? undefined : fields[ordinal];
    const sorted =
      field === undefined
        ? bindExpression(item.expression, { ...context, scope, without: 'ORDER BY clause' })
        : field;
    return sortSql(orderedSql({ ...sorted, at: item.expression.at }, context), item);
  });
  const items = bound.columns.map(
    (column, index) =>
      `${alias}.${column.sql} AS ${options.finalNames ? quoteName(finalName(column, index)) : `c${index}`}`,
  );
  const orderBy = order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`;
  const { limits } = options;
  const places = limits.ties ? `, ${placesSql(order)}` : '';
  const columns = bound.columns.map((column, index) => ({
    ...column,
    sql: options.finalNames ? quoteName(finalName(column, index)) : `c${index}`,
  }));
  const sql = `SELECT ${items.join(', ')}${places} FROM (${bound.sql}) AS ${alias}${orderBy}${limitSql(limits)}`;
  const names = columns.map((column) => column.sql);
  return {
    sql: limits.ties ? withTies({ sql, names, limits }, context) : sql,
    columns,
    outer: bound.outer,
  };
}

/** Columns without a name are called as Athena calls them. */
export function finalName(
  column: { readonly written?: string; readonly name?: string },
  index: number,
): string {
  return column.written ?? column.name ?? `_col${index}`;
}

/** `ORDER BY 2`: the position from 0; undefined for anything but a whole number. */
export function ordinalOf(expression: Expression, count: number, context: Context): number | undefined {
  if (expression.kind !== 'number' || expression.form !== 'integer') return undefined;
  const position = Number(expression.text);
  if (position < 1 || position > count)
    throw refuse(context, expression.at, `Position ${position} is not in select list`);
  return position - 1;
}

function bindSet(body: QueryBody & { kind: 'set' }, context: Context): BoundQuery {
  const left = bindBody(body.left, context, PLAIN);
  const right = bindBody(body.right, context, PLAIN);
  if (left.columns.length !== right.columns.length) {
    throw refuse(
      context,
      body.at,
      `${body.operator} query has different number of fields: ${left.columns.length}, ${right.columns.length}`,
    );
  }
  const columns = left.columns.map((column, index): QueryColumn => {
    const other = right.columns[index]?.type ?? types.UNKNOWN;
    const type = commonSuperType(column.type, other);
    if (type === undefined) {
      throw refuse(
        context,
        body.at,
        `column ${index + 1} in ${body.operator} query has incompatible types: ${types.typeText(column.type)}, ${types.typeText(other)}`,
      );
    }
    return { ...column, type, sql: `c${index}` };
  });
  const isCompared = !(body.operator === 'UNION' && body.all);
  if (isCompared && columns.some((column) => holdsMap(column.type)))
    throw notSupported(context, body.at, `${body.operator} of maps`);
  const operator = `${body.operator}${body.all ? ' ALL' : ''}`;
  const sql = `(${recast(left, columns, context)}) ${operator} (${recast(right, columns, context)})`;
  return { sql, columns, outer: [...left.outer, ...right.outer] };
}

/** A query with its columns turned into other types, when they are not already of them. */
export function recast(query: BoundQuery, columns: readonly QueryColumn[], context: Context): string {
  const same = query.columns.every((column, index) => {
    const wanted = columns[index];
    return wanted !== undefined && types.sameType(column.type, wanted.type) && column.sql === `c${index}`;
  });
  if (same) return query.sql;
  const alias = context.env.nextName('r');
  const items = query.columns.map((column, index) => {
    const wanted = columns[index]?.type ?? column.type;
    return `${coerceSql(`${alias}.${column.sql}`, column.type, wanted)} AS c${index}`;
  });
  return `SELECT ${items.join(', ')} FROM (${query.sql}) AS ${alias}`;
}

function bindValues(body: QueryBody & { kind: 'values' }, context: Context): BoundQuery {
  const bare: Context = { ...context, without: 'VALUES' };
  const rows = body.rows.map((row) =>
    (row.kind === 'row' ? row.items : [row]).map((item) => bindExpression(item, bare)),
  );
  const width = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== width))
    throw refuse(context, body.at, 'Values rows have mismatched types: the number of columns differs');
  const columns: Bound[][] = Array.from({ length: width }, (_, index) => {
    const column = rows.map((row) => row[index]).filter((item) => item !== undefined);
    return coerceAll(column, context, 'Values rows').bounds;
  });
  const lines = rows.map((_, line) => `(${columns.map((column) => column[line]?.sql ?? 'NULL').join(', ')})`);
  const alias = context.env.nextName('r');
  const names = columns.map((_, index) => `c${index}`);
  return {
    sql: `SELECT * FROM (VALUES ${lines.join(', ')}) AS ${alias}(${names.join(', ')})`,
    columns: columns.map((column, index) => ({ type: column[0]?.type ?? types.UNKNOWN, sql: `c${index}` })),
    outer: columns.flatMap((column) => column.flatMap((item) => item.loose)),
  };
}

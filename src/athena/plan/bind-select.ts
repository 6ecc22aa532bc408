import type { Expression, GroupingElement, Select, SelectItem, SortItem } from '../sql/tree.ts';
import { bindBoolean, bindExpression } from './bind-expression.ts';
import { fieldSql } from './bind-name.ts';
import {
  type BodyOptions,
  type BoundQuery,
  finalName,
  limitSql,
  ordinalOf,
  placesSql,
  withTies,
} from './bind-query.ts';
import { type BoundRelation, bindRelation } from './bind-relation.ts';
import { sortSql } from './bind-window.ts';
import { type Bound, type LooseColumn, quoteName } from './bound.ts';
import { holdsMap, isContainer, orderedSql } from './compare.ts';
import { type Context, keysOf, notSupported, type QueryColumn, refuse } from './context.ts';
import { endsWith, type Field, type Scope } from './scope.ts';

/** Numbers of rows as text; empty where there is none. */
export interface RowLimits {
  readonly limit: string;
  readonly offset: string;
  /** FETCH FIRST … WITH TIES. */
  readonly ties: boolean;
}

interface Item extends Bound {
  readonly name?: string;
  readonly written?: string;
}

/** A SELECT with the ORDER BY and LIMIT that follow it. */
export function bindSelect(select: Select, outer: Context, options: BodyOptions): BoundQuery {
  const relation: BoundRelation =
    select.from === undefined ? { sql: '', fields: [], outer: [] } : bindRelation(select.from, outer);
  const parent = outer.scope.parent;
  const scope: Scope =
    parent === undefined ? { fields: relation.fields } : { fields: relation.fields, parent };
  const windows = new Map(select.windows.map(({ name, window }) => [name.name, window] as const));
  const base: Context = { ...outer, scope, windows };
  const where =
    select.where === undefined
      ? undefined
      : bindBoolean(select.where, { ...base, without: 'WHERE clause' }, 'WHERE clause');
  const grouping = select.groupBy === undefined ? undefined : bindGrouping(select, base);
  const context: Context = { ...base, keys: keysOf(grouping?.keys ?? []) };
  const items = select.items.flatMap((item) => bindItem(item, context));
  const having =
    select.having === undefined ? undefined : bindBoolean(select.having, context, 'HAVING clause');
  if (select.distinct && items.some((item) => holdsMap(item.type)))
    throw notSupported(context, select.at, 'SELECT DISTINCT of maps');
  const order = options.orderBy.map((item) => bindSort(item, { items, context, distinct: select.distinct }));
  const all = [...items, ...(having === undefined ? [] : [having]), ...order.map((sorted) => sorted.bound)];
  checkGrouped(all, { grouped: grouping !== undefined || having !== undefined, scope }, context);
  const names = items.map((item, index) =>
    options.finalNames ? quoteName(finalName(item, index)) : `c${index}`,
  );
  const { limits } = options;
  if (limits.ties && select.distinct) throw notSupported(context, select.at, 'SELECT DISTINCT … WITH TIES');
  const places = limits.ties ? `, ${placesSql(order.map((sorted) => sorted.key))}` : '';
  const selected = [
    `SELECT ${select.distinct ? 'DISTINCT ' : ''}${items.map((item, index) => `${typedNull(item)} AS ${names[index]}`).join(', ')}${places}`,
    relation.sql === '' ? '' : ` FROM ${relation.sql}`,
    where === undefined ? '' : ` WHERE ${where.sql}`,
    grouping === undefined ? '' : ` GROUP BY ${grouping.sql}`,
    having === undefined ? '' : ` HAVING ${having.sql}`,
    order.length === 0 ? '' : ` ORDER BY ${order.map((sorted) => sorted.sql).join(', ')}`,
    limitSql(limits),
  ].join('');
  const sql = limits.ties ? withTies({ sql: selected, names, limits }, context) : selected;
  const used = [...all, ...(where === undefined ? [] : [where]), ...(grouping?.keys ?? [])].flatMap(
    (bound) => bound.loose,
  );
  return {
    sql,
    columns: items.map((item, index) => columnOf(item, names[index] ?? '')),
    outer: [...relation.outer, ...used.filter((column) => column.scope !== scope)],
  };
}

function columnOf(item: Item, sql: string): QueryColumn {
  const name = item.name === undefined ? {} : { name: item.name, written: item.written ?? item.name };
  return { ...name, type: item.type, sql };
}

function typedNull(item: Item): string {
  return item.type.base === 'unknown' && item.sql === 'NULL' ? 'CAST(NULL AS INTEGER)' : item.sql;
}

/** In a query that aggregates, every column outside aggregates must be grouped. */
function checkGrouped(
  bounds: readonly Bound[],
  of: { grouped: boolean; scope: Scope },
  context: Context,
): void {
  if (!of.grouped && !bounds.some((bound) => bound.aggregate)) return;
  for (const bound of bounds) {
    const loose = bound.loose.find((column) => column.scope === of.scope);
    if (loose === undefined) continue;
    throw refuse(
      context,
      loose.at,
      `'${loose.name}' must be an aggregate expression or appear in GROUP BY clause`,
    );
  }
}

function bindItem(item: SelectItem, context: Context): Item[] {
  if (item.kind === 'expression') {
    const bound = bindExpression(item.expression, context);
    const name = item.alias ?? nameOf(item.expression);
    return [name === undefined ? bound : { ...bound, name: name.name, written: name.written }];
  }
  const fields = item.of === undefined ? starFields(item.at, context) : qualifiedFields(item.of, context);
  if (item.aliases !== undefined && item.aliases.length !== fields.length) {
    throw refuse(
      context,
      item.at,
      `Column alias list has ${item.aliases.length} entries but relation has ${fields.length} columns`,
    );
  }
  return fields.map((field, index) => {
    const alias = item.aliases?.[index];
    return alias === undefined ? field : { ...field, name: alias.name, written: alias.written };
  });
}

/** A column or a field gives its name to the result. */
function nameOf(expression: Expression): { name: string; written: string } | undefined {
  if (expression.kind === 'name') return expression.name;
  return expression.kind === 'field' && namesOf(expression.base).length > 0 ? expression.field : undefined;
}

function starFields(at: number, context: Context): Item[] {
  const fields = context.scope.fields.filter((field) => field.hidden !== true);
  if (fields.length === 0) throw refuse(context, at, 'SELECT * not allowed in queries without FROM clause');
  return fields.map((field) => itemOfField(field, at, context));
}

function itemOfField(field: Field, at: number, context: Context): Item {
  const loose: LooseColumn[] = context.keys.has(field.sql)
    ? []
    : [{ scope: context.scope, name: field.name ?? '', at }];
  const name = field.name === undefined ? {} : { name: field.name, written: field.written ?? field.name };
  return {
    sql: field.sql,
    type: field.type,
    at,
    loose,
    aggregate: false,
    window: false,
    volatile: false,
    ...name,
  };
}

/** `o.*`, or the fields of a row: `address.*`. */
function qualifiedFields(of: Expression, context: Context): Item[] {
  const names = namesOf(of);
  const fields = context.scope.fields.filter(
    (field) => field.hidden !== true && names.length > 0 && endsWith(field.qualifier, names),
  );
  if (fields.length > 0) return fields.map((field) => itemOfField(field, of.at, context));
  // A row alone could be a table's name: Trino asks for the table before it.
  if (names.length === 1) throw refuse(context, of.at, `Unable to resolve reference ${names.join('.')}`);
  const row = bindExpression(of, context);
  if (row.type.base !== 'row') throw refuse(context, of.at, `Unable to resolve reference ${names.join('.')}`);
  return row.type.fields.map((field, index) => ({
    ...row,
    sql: fieldSql(row.sql, field, index),
    type: field.type,
    ...(field.name === undefined ? {} : { name: field.name.toLowerCase(), written: field.name }),
  }));
}

function namesOf(expression: Expression): string[] {
  if (expression.kind === 'name') return [expression.name.name];
  return expression.kind === 'field' ? [...namesOf(expression.base), expression.field.name] : [];
}

interface Grouping {
  readonly keys: readonly Bound[];
  readonly sql: string;
}

function bindGrouping(select: Select, base: Context): Grouping {
  const { groupBy } = select;
  if (groupBy === undefined) throw new Error('a grouping without GROUP BY');
  if (groupBy.distinct) throw notSupported(base, select.at, 'GROUP BY DISTINCT');
  const keys: Bound[] = [];
  const bindKey = (expression: Expression): string => {
    const bound = bindKeyExpression(expression, select, { ...base, without: 'GROUP BY clause' });
    if (holdsMap(bound.type)) throw notSupported(base, expression.at, 'GROUP BY a map');
    keys.push(bound);
    return bound.sql;
  };
  const bindSet = (set: readonly Expression[]): string => `(${set.map(bindKey).join(', ')})`;
  const elements = groupBy.elements.map((element: GroupingElement): string => {
    if (element.kind === 'simple')
      return element.expressions.length === 1
        ? element.expressions.map(bindKey).join()
        : bindSet(element.expressions);
    for (const expression of element.sets.flat()) {
      if (!['name', 'field', 'number'].includes(expression.kind))
        throw refuse(base, expression.at, 'GROUP BY expression must be a column reference');
    }
    const sets = element.sets.map(bindSet).join(', ');
    if (element.kind !== 'sets') return `${element.kind.toUpperCase()} (${sets})`;
    return `GROUPING SETS (${sets})`;
  });
  return { keys, sql: elements.join(', ') };
}

/** A number is a position in SELECT; a name is a column, never an alias. */
function bindKeyExpression(expression: Expression, select: Select, context: Context): Bound {
  const position = ordinalOf(expression, select.items.length, context);
  const item = position === undefined ? undefined : select.items[position];
  if (item?.kind === 'all') throw notSupported(context, expression.at, 'GROUP BY a position next to *');
  const before = select.items.slice(0, position ?? 0).some((other) => other.kind === 'all');
  if (item !== undefined && before) throw notSupported(context, expression.at, 'GROUP BY a position after *');
  return bindExpression(item?.expression ?? expression, context);
}

interface Sorted {
  readonly sql: string;
  /** The same without a position of SELECT. */
  readonly key: string;
  readonly bound: Bound;
}

/** In ORDER BY the result's names come first, then the columns of FROM. */
function bindSort(
  item: SortItem,
  of: { items: readonly Item[]; context: Context; distinct: boolean },
): Sorted {
  const { items, context } = of;
  const position = ordinalOf(item.expression, items.length, context);
  refuseGroupingOfOutput(item.expression, items, context);
  const chosen = position === undefined ? undefined : items[position];
  const bound =
    chosen ?? bindExpression(item.expression, { ...context, scope: orderScope(items, context.scope) });
  const ordered = orderedSql({ ...bound, at: item.expression.at }, context);
  if (of.distinct && isContainer(bound.type))
    throw notSupported(
      context,
      item.expression.at,
      `SELECT DISTINCT with ORDER BY a value of type ${bound.type.base}`,
    );
  const index = items.findIndex((candidate) => candidate.sql === bound.sql && !candidate.volatile);
  const ordinal = position ?? (index === -1 ? undefined : index);
  if (of.distinct && ordinal === undefined) {
    throw refuse(
      context,
      item.expression.at,
      'For SELECT DISTINCT, ORDER BY expressions must appear in select list',
    );
  }
  return {
    sql: sortSql(ordinal === undefined || isContainer(bound.type) ? ordered : String(ordinal + 1), item),
    key: sortSql(ordered, item),
    bound: { ...bound, loose: chosen === undefined ? bound.loose : [] },
  };
}

/** In ORDER BY a name is the result's first, and grouping() takes columns of FROM alone. */
function refuseGroupingOfOutput(expression: Expression, items: readonly Item[], context: Context): void {
  if (expression.kind !== 'call' || expression.name !== 'grouping') return;
  for (const argument of expression.arguments) {
    if (argument.kind === 'name' && items.some((item) => item.name === argument.name.name))
      throw refuse(
        context,
        argument.at,
        'Invalid reference to output of SELECT clause from grouping() expression in ORDER BY',
      );
  }
}

/** The names of the result stand before the columns of FROM; the scope stays the same one for grouping's sake. */
function orderScope(items: readonly Item[], scope: Scope): Scope {
  const named = items.filter((item) => item.name !== undefined);
  const aliases: Field[] = named.map((item) => ({
    name: item.name ?? '',
    qualifier: [],
    sql: item.sql,
    type: item.type,
  }));
  const unique = aliases.filter((alias) => {
    const twins = aliases.filter((other) => other.name === alias.name);
    return twins.every((twin) => twin.sql === alias.sql) ? twins[0] === alias : true;
  });
  return { fields: unique, parent: scope, lambda: true };
}

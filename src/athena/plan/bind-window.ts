import type { Frame, FrameBound, Identifier, SortItem, Window } from '../sql/tree.ts';
import { isNumeric } from '../types/coercion.ts';
import { bindExpression } from './bind-expression.ts';
import type { Bound } from './bound.ts';
import { holdsMap, orderedSql } from './compare.ts';
import { type Context, notSupported, refuse } from './context.ts';

/** One ORDER BY item; Trino puts NULL last in either direction. */
export function sortSql(
  sql: string,
  item: { readonly descending: boolean; readonly nullsFirst: boolean },
): string {
  return `${sql} ${item.descending ? 'DESC' : 'ASC'} NULLS ${item.nullsFirst ? 'FIRST' : 'LAST'}`;
}

/** What stands between the brackets of OVER. */
export function bindOver(over: Window | Identifier, context: Context): { sql: string; parts: Bound[] } {
  const window = resolveWindow(over, context);
  const partition = window.partitionBy.map((item) => bindExpression(item, context));
  const order = window.orderBy.map((item) => ({ item, bound: bindExpression(item.expression, context) }));
  const sql: string[] = [];
  for (const { type, at } of partition) {
    if (holdsMap(type)) throw notSupported(context, at, 'PARTITION BY a map');
  }
  if (partition.length > 0) sql.push(`PARTITION BY ${partition.map((bound) => bound.sql).join(', ')}`);
  if (order.length > 0)
    sql.push(
      `ORDER BY ${order.map(({ item, bound }) => sortSql(orderedSql(bound, context), item)).join(', ')}`,
    );
  const bounds = order.map(({ bound }) => bound);
  if (window.frame !== undefined) sql.push(frameSql(window.frame, bounds, context));
  return { sql: sql.join(' '), parts: [...partition, ...bounds] };
}

function resolveWindow(over: Window | Identifier, context: Context): Window {
  if ('partitionBy' in over) {
    if (over.base === undefined) return over;
    const base = resolveWindow(over.base, context);
    const orderBy: readonly SortItem[] = over.orderBy.length > 0 ? over.orderBy : base.orderBy;
    const frame = over.frame ?? base.frame;
    return { partitionBy: base.partitionBy, orderBy, ...(frame === undefined ? {} : { frame }) };
  }
  const window = context.windows.get(over.name);
  if (window === undefined) throw refuse(context, over.at, `Cannot resolve WINDOW name ${over.name}`);
  return resolveWindow(window, context);
}

function frameSql(frame: Frame, order: readonly Bound[], context: Context): string {
  const start = boundSql(frame.start, { frame, order }, context);
  if (frame.end === undefined) return `${frame.unit} ${start}`;
  return `${frame.unit} BETWEEN ${start} AND ${boundSql(frame.end, { frame, order }, context)}`;
}

const TIMES: readonly string[] = ['date', 'timestamp', 'timestamp with time zone'];

function boundSql(
  bound: FrameBound,
  of: { frame: Frame; order: readonly Bound[] },
  context: Context,
): string {
  if (bound.offset === undefined) return bound.kind;
  const offset = bindExpression(bound.offset, context);
  const { unit } = of.frame;
  const [key] = of.order;
  const isTime = key !== undefined && TIMES.includes(key.type.base) && of.order.length === 1;
  if (unit === 'RANGE' && isTime && offset.type.base.startsWith('interval')) {
    const isMonths = offset.type.base === 'interval year to month';
    return `${isMonths ? `to_months(${offset.sql})` : `to_microseconds(${offset.sql} * 1000)`} ${bound.kind}`;
  }
  if (unit === 'RANGE' && !of.order.every((item) => isNumeric(item.type))) {
    throw notSupported(context, bound.offset.at, 'RANGE with this offset over this order');
  }
  if (!isNumeric(offset.type))
    throw refuse(context, bound.offset.at, `Window frame ${unit} value must be a number`);
  return `${offset.sql} ${bound.kind}`;
}

import type { Frame, FrameBound, Identifier, SortItem, Window } from '../sql/tree.ts';
import { asDecimal, isNumeric } from '../types/coercion.ts';
import { bindExpression } from './bind-expression.ts';
import { type Bound, raiseWhen } from './bound.ts';
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

/** Bounds in the order in which they may come. */
const PLACES: readonly FrameBound['kind'][] = [
  'UNBOUNDED PRECEDING',
  'PRECEDING',
  'CURRENT ROW',
  'FOLLOWING',
  'UNBOUNDED FOLLOWING',
];

function checkFrame(frame: Frame, order: readonly Bound[], context: Context): void {
  const { start, end = { kind: 'CURRENT ROW' } as const } = frame;
  const at = start.offset?.at ?? frame.end?.offset?.at ?? order[0]?.at ?? 0;
  if (start.kind === 'UNBOUNDED FOLLOWING' || end.kind === 'UNBOUNDED PRECEDING')
    throw refuse(context, at, `Window frame cannot start with ${start.kind} and end with ${end.kind}`);
  if (PLACES.indexOf(start.kind) > PLACES.indexOf(end.kind))
    throw refuse(context, at, `Window frame starting from ${start.kind} cannot end with ${end.kind}`);
  const hasOffset = start.offset !== undefined || end.offset !== undefined;
  if (frame.unit === 'GROUPS' && hasOffset && order.length === 0)
    throw refuse(context, at, 'Window frame of type GROUPS PRECEDING or FOLLOWING requires ORDER BY');
  if (frame.unit === 'RANGE' && hasOffset && order.length !== 1)
    throw refuse(
      context,
      at,
      'Window frame of type RANGE PRECEDING or FOLLOWING requires single sort item in ORDER BY',
    );
}

function frameSql(frame: Frame, order: readonly Bound[], context: Context): string {
  checkFrame(frame, order, context);
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
  const isWhole = unit === 'RANGE' || asDecimal(offset.type)?.scale === 0;
  if (!isWhole)
    throw refuse(
      context,
      bound.offset.at,
      `Window frame ${unit} value type must be exact numeric type with scale 0`,
    );
  const why = 'Window frame offset value must not be negative or null';
  if (offset.constant === undefined)
    return `${raiseWhen(`coalesce(${offset.sql} < 0, true)`, why, offset.sql)} ${bound.kind}`;
  if (Number(offset.constant) < 0) throw refuse(context, bound.offset.at, why);
  return `${offset.sql} ${bound.kind}`;
}

import { isFloating, isWhole } from '../types/coercion.ts';
import * as types from '../types/type.ts';
import { type Bound, combine, raiseWhen } from './bound.ts';
import { onSomeDay } from './cast-text.ts';
import { instantOf, isTimeType, localIn } from './cast-time.ts';
import { type Context, notSupported, refuse } from './context.ts';
import { once } from './once.ts';

interface Operation {
  readonly operator: '+' | '-' | '*' | '/' | '%';
  readonly left: Bound;
  readonly right: Bound;
  readonly at: number;
}

/** Arithmetic of dates, timestamps and intervals; undefined when the sides are something else. */
export function bindTimeArithmetic(operation: Operation, context: Context): Bound | undefined {
  const { operator, left, right, at } = operation;
  const made = (of: { sql: string; type: types.Type }): Bound => combine([left, right], { ...of, at });
  if (isInterval(left.type) && isInterval(right.type) && left.type.base === right.type.base) {
    if (operator !== '+' && operator !== '-') return undefined;
    return made({ sql: `(${left.sql} ${operator} ${right.sql})`, type: left.type });
  }
  if (isTime(left.type) && isInterval(right.type) && (operator === '+' || operator === '-')) {
    return made(shifted({ time: left, interval: right, operator }, context));
  }
  if (isInterval(left.type) && isTime(right.type) && operator === '+') {
    return made(shifted({ time: right, interval: left, operator }, context));
  }
  if (operator === '-' && isTime(left.type) && isTime(right.type)) return between(operation, context);
  return scaled(operation);
}

function isInterval(type: types.Type): boolean {
  return type.base === 'interval day to second' || type.base === 'interval year to month';
}

function isTime(type: types.Type): boolean {
  return isTimeType(type);
}

interface Shift {
  readonly time: Bound;
  readonly interval: Bound;
  readonly operator: '+' | '-';
}

function shifted(shift: Shift, context: Context): { sql: string; type: types.Type } {
  const { time, interval, operator } = shift;
  const { type } = time;
  const isMonths = interval.type.base === 'interval year to month';
  if (type.base === 'date')
    return { sql: isMonths ? monthsLater(time.sql, shift, true) : daysLater(shift), type };
  if (isMonths) {
    if (type.base === 'time') throw refuse(context, time.at, 'Cannot add months to a time of day');
    if (type.base !== 'timestamp with time zone') return { sql: monthsLater(time.sql, shift, false), type };
    if (type.zone === '?')
      throw notSupported(context, time.at, 'months added to values in more than one time zone');
    return { sql: instantOf(monthsLater(localIn(time.sql, type.zone), shift, false), type.zone), type };
  }
  const precision = 'precision' in type ? Math.max(3, type.precision) : 3;
  const sql = `(${time.sql} ${operator} to_microseconds(${interval.sql} * 1000))`;
  return { sql, type: { ...type, precision } as types.Type };
}

function monthsLater(sql: string, shift: Shift, isDate: boolean): string {
  const moved = `(${sql} ${shift.operator} to_months(${shift.interval.sql}))`;
  return isDate ? `CAST(${moved} AS DATE)` : moved;
}

const MILLIS_PER_DAY = 86_400_000;

function daysLater(shift: Shift): string {
  const days = /^CAST\((-?\d+) AS BIGINT\)$/.exec(shift.interval.sql)?.[1];
  if (days !== undefined && Number(days) % MILLIS_PER_DAY === 0) {
    return `(${shift.time.sql} ${shift.operator} CAST(${Number(days) / MILLIS_PER_DAY} AS INTEGER))`;
  }
  return once(
    [shift.interval.sql],
    ([millis], [day]) =>
      raiseWhen(
        `${millis} % ${MILLIS_PER_DAY} <> 0`,
        'Cannot add hour, minutes or seconds to a date',
        `${day} ${shift.operator} CAST(${millis} // ${MILLIS_PER_DAY} AS INTEGER)`,
      ),
    [shift.time.sql],
  );
}

/** The time between two: an interval of milliseconds. */
function between(operation: Operation, context: Context): Bound | undefined {
  const { left, right, at } = operation;
  if ((left.type.base === 'time') !== (right.type.base === 'time')) return undefined;
  const bothDates = left.type.base === 'date' && right.type.base === 'date';
  const precise = [left.type, right.type].some((type) => 'precision' in type && type.precision > 3);
  if (precise) throw notSupported(context, at, 'the difference of timestamps finer than milliseconds');
  const micros = (side: Bound): string =>
    `epoch_us(${side.type.base === 'time' ? onSomeDay(side.sql) : side.type.base === 'date' ? `CAST(${side.sql} AS TIMESTAMP)` : side.sql})`;
  const sql = bothDates
    ? `(CAST(${left.sql} - ${right.sql} AS BIGINT) * ${MILLIS_PER_DAY})`
    : `((${micros(left)} - ${micros(right)}) // 1000)`;
  return combine([left, right], { sql, type: types.DAY_TO_SECOND, at });
}

/** An interval times or divided by a number. */
function scaled(operation: Operation): Bound | undefined {
  const { operator, left, right, at } = operation;
  const interval = isInterval(left.type) ? left : isInterval(right.type) ? right : undefined;
  const number = interval === left ? right : left;
  if (interval === undefined || (operator !== '*' && !(operator === '/' && interval === left)))
    return undefined;
  const isDouble = isFloating(number.type) || number.type.base === 'decimal';
  if (!isDouble && !isWhole(number.type)) return undefined;
  const type = types.duckdbType(interval.type);
  const inexact = isDouble
    ? `CAST(trunc(CAST(${left.sql} AS DOUBLE) ${operator} CAST(${right.sql} AS DOUBLE)) AS ${type})`
    : undefined;
  const sql =
    inexact ??
    (operator === '*'
      ? `CAST(${left.sql} * ${right.sql} AS ${type})`
      : once(
          [right.sql],
          ([by], [whole]) => raiseWhen(`${by} = 0`, 'Division by zero', `CAST(${whole} // ${by} AS ${type})`),
          [left.sql],
        ));
  return combine([left, right], { sql: `(${sql})`, type: interval.type, at });
}

import { MIXED_ZONES } from '../types/coercion.ts';
import type { Type } from '../types/type.ts';
import { quoteText, raiseWhen } from './bound.ts';
import { roundTime, roundTimestamp } from './cast-text.ts';
import { once } from './once.ts';

type TimeType = Extract<Type, { base: 'date' | 'timestamp' | 'timestamp with time zone' }>;

export function isTimeType(type: Type): boolean {
  return ['date', 'time', 'timestamp', 'timestamp with time zone'].includes(type.base);
}

/** SQL of a date or timestamp cast to another. */
export function castTime(sql: string, from: Type, to: Type): string | undefined {
  if (from.base === 'time') {
    return to.base === 'time' ? roundTime(sql, { from: from.precision, to: to.precision }) : undefined;
  }
  const local = localTime(sql, from);
  if (local === undefined) return undefined;
  const digits = from.base === 'timestamp' || from.base === 'timestamp with time zone' ? from.precision : 0;
  switch (to.base) {
    case 'date':
      return `CAST(${local} AS DATE)`;
    case 'timestamp':
      return roundTimestamp(`CAST(${local} AS TIMESTAMP)`, { from: digits, to: to.precision });
    case 'time': {
      if (from.base === 'date') return undefined;
      if (from.base === 'timestamp' && digits > 0)
        return beforeEpoch(local, { from: digits, to: to.precision });
      return `CAST(${roundTimestamp(`CAST(${local} AS TIMESTAMP)`, { from: digits, to: to.precision })} AS TIME)`;
    }
    case 'timestamp with time zone': {
      if (from.base === 'timestamp with time zone') {
        return from.zone === to.zone ? sql : undefined;
      }
      const rounded = roundTimestamp(`CAST(${local} AS TIMESTAMP)`, { from: digits, to: to.precision });
      return instantOf(rounded, to.zone);
    }
    default:
      return undefined;
  }
}

/** Trino takes a second away from times with fractions before 1970, and fails where none is left. */
function beforeEpoch(sql: string, digits: { from: number; to: number }): string {
  return once([sql], ([time = '']) => {
    const isOff = `epoch_us(${time}) < 0 AND epoch_us(${time}) % 1000000 <> 0`;
    const plain = roundTimestamp(`CAST(${time} AS TIMESTAMP)`, digits);
    const shifted = `CASE WHEN ${isOff} THEN ${plain} - to_seconds(1) ELSE ${plain} END`;
    const isFirst = `date_part('hour', ${time}) = 0 AND date_part('minute', ${time}) = 0 AND date_part('second', ${time}) = 0`;
    return raiseWhen(`${isOff} AND ${isFirst}`, 'value must be >= 0', `CAST(${shifted} AS TIME)`);
  });
}

/** What clocks in the value's own zone show, as DuckDB's DATE or TIMESTAMP. */
export function localTime(sql: string, type: Type): string | undefined {
  if (type.base === 'date' || type.base === 'timestamp') return sql;
  if (type.base === 'timestamp with time zone' && type.zone === MIXED_ZONES) return undefined;
  return type.base === 'timestamp with time zone'
    ? localIn(sql, (type as TimeType & { zone: string }).zone)
    : undefined;
}

const OFFSET = /^([+-])(\d{2}):(\d{2})$/;

/** The local time in a zone of an instant. */
export function localIn(sql: string, zone: string): string {
  const minutes = offsetMinutes(zone);
  if (minutes === undefined) return `timezone(${quoteText(zone)}, ${sql})`;
  return `(timezone('UTC', ${sql}) + to_minutes(${minutes}))`;
}

/** The instant of a local time in a zone. */
export function instantOf(sql: string, zone: string): string {
  const minutes = offsetMinutes(zone);
  if (minutes === undefined) return `timezone(${quoteText(zone)}, CAST(${sql} AS TIMESTAMP))`;
  return `timezone('UTC', CAST(${sql} AS TIMESTAMP) - to_minutes(${minutes}))`;
}

function offsetMinutes(zone: string): number | undefined {
  const match = OFFSET.exec(zone);
  if (match === null) return undefined;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}

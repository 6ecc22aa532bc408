import { zoneOfText } from '../functions/zone.ts';
import type { Expression } from '../sql/tree.ts';
import * as types from '../types/type.ts';
import { type Bound, quoteText } from './bound.ts';
import { castSql } from './cast.ts';
import { instantOf } from './cast-time.ts';
import { type Context, notSupported, refuse } from './context.ts';

/** A constant that is written in the query. */
export function bindLiteral(expression: Expression, context: Context): Bound {
  const { at } = expression;
  switch (expression.kind) {
    case 'null':
      return constantBound('NULL', types.UNKNOWN, at);
    case 'boolean':
      return constantBound(String(expression.value), types.BOOLEAN, at);
    case 'string':
      return constantBound(
        quoteText(expression.value),
        types.varchar([...expression.value].length),
        at,
        expression.value,
      );
    case 'binary':
      return bindBinary(expression.hex, at, context);
    case 'number':
      return bindNumber(expression, context);
    case 'typed':
      return bindTyped(expression, context);
    case 'interval':
      return bindInterval(expression, context);
    default:
      throw new Error(`no binding for ${expression.kind}`);
  }
}

export function constantBound(sql: string, type: types.Type, at: number, constant?: string): Bound {
  const base = { sql, type, at, loose: [], aggregate: false, window: false, volatile: false };
  return constant === undefined ? base : { ...base, constant };
}

function bindBinary(hex: string, at: number, context: Context): Bound {
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(hex))
    throw refuse(context, at, 'a binary literal has an even number of hexadecimal digits');
  return constantBound(`unhex('${hex}')`, types.VARBINARY, at);
}

const INTEGER_MAX = 2_147_483_647n;
const BIGINT_MAX = 9_223_372_036_854_775_807n;

function bindNumber(expression: Expression & { kind: 'number' }, context: Context): Bound {
  const { at, text, form } = expression;
  if (form === 'double') return constantBound(`CAST('${text}' AS DOUBLE)`, types.DOUBLE, at, text);
  if (form === 'decimal') return bindDecimal(text, at, context);
  const value = BigInt(text);
  if (value > BIGINT_MAX || value < -BIGINT_MAX - 1n)
    throw refuse(context, at, `Invalid numeric literal: ${text}`);
  const type = value > INTEGER_MAX || value < -INTEGER_MAX - 1n ? types.BIGINT : types.INTEGER;
  return constantBound(`CAST(${value} AS ${types.duckdbType(type)})`, type, at, String(value));
}

function bindDecimal(text: string, at: number, context: Context): Bound {
  const [whole = '', fraction = ''] = text.replace(/^[+-]/, '').split('.');
  const scale = fraction.length;
  const precision = Math.max(1, whole.replace(/^0+/, '').length + scale);
  if (precision > types.DECIMAL_PRECISION_MAX) throw refuse(context, at, `Invalid numeric literal: ${text}`);
  return constantBound(
    `CAST('${text}' AS DECIMAL(${precision},${scale}))`,
    types.decimal(precision, scale),
    at,
    text,
  );
}

function bindTyped(expression: Expression & { kind: 'typed' }, context: Context): Bound {
  const { at, type } = expression;
  const value = expression.value;
  if (type.base === 'timestamp') return bindTimestamp(value, at, context);
  if (type.base === 'decimal') {
    if (!/^\s*[+-]?(?:\d+\.?\d*|\.\d+)\s*$/.test(value))
      throw refuse(context, at, `'${value}' is not a valid decimal literal`);
    return bindDecimal(value.trim(), at, context);
  }
  if (type.base === 'date' && !isDay(value.trim()))
    throw refuse(context, at, `'${value}' is not a valid DATE literal`);
  if (type.base === 'json')
    return constantBound(`CAST(dp_json_parse(${quoteText(value)}) AS JSON)`, type, at);
  if (type.base === 'time') return bindTime(value, at, context);
  const sql = castSql(quoteText(value), types.VARCHAR, type);
  if (sql === undefined) throw refuse(context, at, `no literal of the type ${types.typeText(type)}`);
  if (type.base === 'date') return constantBound(`CAST(${quoteText(value.trim())} AS DATE)`, type, at);
  return constantBound(sql, type, at);
}

const TIMESTAMP =
  /^\s*(\d{4}-\d{1,2}-\d{1,2})(?: (\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?)?\s*([A-Za-z+-].*?)?\s*$/;

/** A text that is written in the query, cast to a timestamp with a zone: the text's own, else UTC. */
export function zonedText(text: string, precision: number): Bound | undefined {
  const match = TIMESTAMP.exec(text);
  const [, day = '', hour = '0', minute = '0', second = '0', fraction = '', zoneText = 'UTC'] = match ?? [];
  const zone = zoneOfText(zoneText);
  const inRange = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  if (match === null || zone === undefined || !isDay(day) || !inRange || fraction.length > precision)
    return undefined;
  const clock = [hour, minute, second].map((part) => part.padStart(2, '0')).join(':');
  const sql = `CAST('${day} ${clock}${fraction === '' ? '' : `.${fraction}`}' AS TIMESTAMP)`;
  return constantBound(instantOf(sql, zone), types.timestampWithZone(precision, zone), 0);
}

function bindTimestamp(text: string, at: number, context: Context): Bound {
  const match = TIMESTAMP.exec(text);
  const [, day = '', hour = '0', minute = '0', second = '0', fraction = '', zoneText] = match ?? [];
  const inRange = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  if (match === null || !isDay(day) || !inRange)
    throw refuse(context, at, `'${text}' is not a valid TIMESTAMP literal`);
  if (fraction.length > types.TIMESTAMP_PRECISION_MAX)
    throw notSupported(context, at, 'a timestamp finer than microseconds');
  const clock = [hour, minute, second].map((part) => part.padStart(2, '0')).join(':');
  const sql = `CAST('${day} ${clock}${fraction === '' ? '' : `.${fraction}`}' AS TIMESTAMP)`;
  if (zoneText === undefined) return constantBound(sql, types.timestamp(fraction.length), at);
  const zone = zoneOfText(zoneText);
  if (zone === undefined) throw refuse(context, at, `'${text}' is not a valid TIMESTAMP literal`);
  if (!existsIn(zone, `${day} ${clock}`))
    throw refuse(context, at, `'${text}' is not a valid TIMESTAMP literal`);
  return constantBound(instantOf(sql, zone), types.timestampWithZone(fraction.length, zone), at);
}

const HOUR_MILLIS = 3_600_000;

/** Whether clocks in the zone ever show the time: they skip an hour when summer begins. */
function existsIn(zone: string, local: string): boolean {
  if (/^[+-]|^UTC$/.test(zone)) return true;
  const [date = '', clock = ''] = local.split(' ');
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const [hour = 0, minute = 0, second = 0] = clock.split(':').map(Number);
  const asUtc = new Date(Date.UTC(2000, month - 1, day, hour, minute, second));
  asUtc.setUTCFullYear(year, month - 1, day);
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const shown = (millis: number): number => {
    const parts = new Map(
      format.formatToParts(millis).map(({ type, value }) => [type, Number(value)] as const),
    );
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    return Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
  };
  const wanted = asUtc.getTime();
  // The zone's offset a day before and a day after: one of them is the one at that time.
  return [-24, 24].some((hours) => {
    const near = wanted + hours * HOUR_MILLIS;
    const offset = shown(near) - near;
    return shown(wanted - offset) === wanted;
  });
}

function bindTime(text: string, at: number, context: Context): Bound {
  const match = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?\s*([+-]\d{1,2}:?\d{0,2})?$/.exec(text);
  const [, hour = '', minute = '', second = '0', fraction = '', zone] = match ?? [];
  if (zone !== undefined) throw notSupported(context, at, 'the type time with time zone');
  if (match === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
    throw refuse(context, at, `'${text}' is not a valid TIME literal`);
  if (fraction.length > types.TIMESTAMP_PRECISION_MAX)
    throw notSupported(context, at, 'a time of day finer than microseconds');
  const clock = [hour, minute, second].map((part) => part.padStart(2, '0')).join(':');
  const sql = `CAST('${clock}${fraction === '' ? '' : `.${fraction}`}' AS TIME)`;
  return constantBound(sql, { base: 'time', precision: fraction.length }, at);
}

function isDay(text: string): boolean {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (match === null) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

const MILLIS: Readonly<Record<string, number>> = {
  WEEK: 604_800_000,
  DAY: 86_400_000,
  HOUR: 3_600_000,
  MINUTE: 60_000,
  SECOND: 1000,
};
const DAY_FIELDS: readonly string[] = ['DAY', 'HOUR', 'MINUTE', 'SECOND'];

/** Milliseconds, or months. */
function bindInterval(expression: Expression & { kind: 'interval' }, context: Context): Bound {
  const { at, unit, to, value, negative } = expression;
  const wrong = refuse(context, at, `'${value}' is not a valid INTERVAL literal`);
  const isMonths = unit === 'YEAR' || unit === 'MONTH';
  const amount = isMonths ? monthsOf({ value, unit, to }) : millisOf({ value, unit, to });
  if (amount === undefined) throw wrong;
  const signed = negative ? -amount : amount;
  const type = isMonths ? types.YEAR_TO_MONTH : types.DAY_TO_SECOND;
  return constantBound(`CAST(${signed} AS ${types.duckdbType(type)})`, type, at);
}

interface IntervalText {
  readonly value: string;
  readonly unit: string;
  readonly to: string | undefined;
}

function monthsOf({ value, unit, to }: IntervalText): number | undefined {
  if (unit === 'YEAR' && to === 'MONTH') {
    const match = /^(-?)(\d+)-(\d+)$/.exec(value);
    if (match === null) return undefined;
    return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 12 + Number(match[3]));
  }
  if (to !== undefined || !/^-?\d+$/.test(value)) return undefined;
  return Number(value) * (unit === 'YEAR' ? 12 : 1);
}

function millisOf({ value, unit, to }: IntervalText): number | undefined {
  if (to === undefined) {
    const match = /^(-?)(\d+)(?:\.(\d{1,3}))?$/.exec(value);
    if (match === null || (match[3] !== undefined && unit !== 'SECOND')) return undefined;
    const millis = Number(match[2]) * (MILLIS[unit] ?? 0) + Number((match[3] ?? '').padEnd(3, '0') || 0);
    return match[1] === '-' ? -millis : millis;
  }
  const fields = DAY_FIELDS.slice(DAY_FIELDS.indexOf(unit), DAY_FIELDS.indexOf(to) + 1);
  const [first = '', ...rest] = fields.map((field) =>
    field === 'SECOND' ? String.raw`(\d+)(?:\.(\d{1,3}))?` : String.raw`(\d+)`,
  );
  const separators = fields.slice(1).map((field) => (field === 'HOUR' ? ' ' : ':'));
  const pattern = rest.reduce((sofar, part, index) => sofar + separators[index] + part, `^(-?)${first}`);
  const match = new RegExp(`${pattern}$`).exec(value);
  if (match === null || fields.length < 2) return undefined;
  const millis = fields.reduce(
    (sum, field, index) => sum + Number(match[index + 2]) * (MILLIS[field] ?? 0),
    0,
  );
  const fraction = to === 'SECOND' ? Number((match[fields.length + 2] ?? '').padEnd(3, '0') || 0) : 0;
  return (match[1] === '-' ? -1 : 1) * (millis + fraction);
}

import { onSomeDay } from '../plan/cast-text.ts';
import { instantOf, localIn } from '../plan/cast-time.ts';
import { once } from '../plan/once.ts';
import { DATE, TIMESTAMP_PRECISION_DEFAULT, type Type, timestampWithZone } from '../types/type.ts';
import { type Argument, type CallInput, constantOf, define, type Registry, sqlOf } from './registry.ts';
import { zoneOfText } from './zone.ts';

/** Dates and times. */
export function defineTime(registry: Registry): void {
  defineNow(registry);
  defineParts(registry);
  defineClock(registry);
  defineArithmetic(registry);
  defineEpoch(registry);
  defineZones(registry);
}

function defineNow(registry: Registry): void {
  define(registry, 'now current_timestamp', ' -> tstz(3)', "date_trunc('milliseconds', now())");
  define(
    registry,
    'localtimestamp',
    ' -> timestamp(3)',
    "date_trunc('milliseconds', timezone('UTC', now()))",
  );
  define(
    registry,
    'localtime',
    ' -> time(3)',
    "CAST(date_trunc('milliseconds', timezone('UTC', now())) AS TIME)",
  );
  define(registry, 'current_date', ' -> date', "CAST(timezone('UTC', now()) AS DATE)");
  define(registry, 'current_timezone', ' -> varchar', "'UTC'");
  define(registry, 'current_user', ' -> varchar', "'local'");
  define(registry, 'current_catalog', ' -> varchar', "'awsdatacatalog'");
}

/** What clocks and calendars show in the value's own zone. */
export function localSql(call: CallInput, index: number): string {
  const argument = call.arguments[index];
  if (argument?.type.base !== 'timestamp with time zone') return argument?.sql ?? 'NULL';
  return localIn(argument.sql, knownZone(call, argument));
}

function knownZone(call: CallInput, argument: Argument): string {
  if (argument.type.base !== 'timestamp with time zone') return 'UTC';
  if (argument.type.zone === '?')
    throw call.notSupported(argument, 'the local time of values in more than one time zone');
  return argument.type.zone;
}

const PARTS: Readonly<Record<string, string>> = {
  year: 'year',
  quarter: 'quarter',
  month: 'month',
  'week week_of_year': 'week',
  'day day_of_month': 'day',
  'day_of_week dow': 'isodow',
  'day_of_year doy': 'doy',
  'year_of_week yow': 'isoyear',
};
const TIME_PARTS: Readonly<Record<string, string>> = { hour: 'hour', minute: 'minute', second: 'second' };

/** Times of day. */
function defineClock(registry: Registry): void {
  for (const [name, part] of Object.entries(TIME_PARTS)) {
    define(registry, name, 'time(p) -> bigint', `CAST(date_part('${part}', $1) AS BIGINT)`);
  }
  define(registry, 'millisecond', 'time(p) -> bigint', "CAST(date_part('millisecond', $1) % 1000 AS BIGINT)");
  define(
    registry,
    'date_trunc',
    'varchar, time(p) -> time(p)',
    (call) => `CAST(date_trunc('${clockUnit(call)}', ${onSomeDay(sqlOf(call, 1))}) AS TIME)`,
  );
  define(
    registry,
    'date_add',
    'varchar, bigint, time(p) -> time(p)',
    (call) => `(${sqlOf(call, 2)} + ${intervalOf(clockUnit(call), sqlOf(call, 1))})`,
  );
  define(
    registry,
    'date_diff',
    'varchar, time(p), time(q) -> bigint',
    (call) => `date_sub('${clockUnit(call)}', ${onSomeDay(sqlOf(call, 1))}, ${onSomeDay(sqlOf(call, 2))})`,
  );
}

function clockUnit(call: CallInput): string {
  const unit = unitOf(call, false);
  if (DAY_UNITS.includes(unit)) throw call.refuse(call.arguments[0], `'${unit}' is not a valid TIME field`);
  return unit;
}

function defineParts(registry: Registry): void {
  for (const [names, part] of Object.entries(PARTS)) {
    for (const type of ['date', 'timestamp(p)', 'tstz(p)']) {
      define(
        registry,
        names,
        `${type} -> bigint`,
        (call) => `CAST(date_part('${part}', ${localSql(call, 0)}) AS BIGINT)`,
      );
    }
  }
  for (const type of ['timestamp(p)', 'tstz(p)']) {
    for (const [name, part] of Object.entries(TIME_PARTS)) {
      define(
        registry,
        name,
        `${type} -> bigint`,
        (call) => `CAST(date_part('${part}', ${localSql(call, 0)}) AS BIGINT)`,
      );
    }
    define(
      registry,
      'millisecond',
      `${type} -> bigint`,
      (call) => `CAST(date_part('millisecond', ${localSql(call, 0)}) % 1000 AS BIGINT)`,
    );
    define(registry, 'last_day_of_month', `${type} -> date`, (call) => `last_day(${localSql(call, 0)})`);
  }
  define(registry, 'last_day_of_month', 'date -> date', 'last_day($1)');
  const dayMillis = 86_400_000;
  define(registry, 'day', 'dayToSecond -> bigint', `($1 // ${dayMillis})`);
  define(registry, 'hour', 'dayToSecond -> bigint', `($1 % ${dayMillis} // 3600000)`);
  define(registry, 'minute', 'dayToSecond -> bigint', '($1 % 3600000 // 60000)');
  define(registry, 'second', 'dayToSecond -> bigint', '($1 % 60000 // 1000)');
  define(registry, 'to_milliseconds', 'dayToSecond -> bigint', '$1');
  define(registry, 'year', 'yearToMonth -> bigint', 'CAST($1 // 12 AS BIGINT)');
  define(registry, 'month', 'yearToMonth -> bigint', 'CAST($1 % 12 AS BIGINT)');
}

const DAY_UNITS: readonly string[] = ['day', 'week', 'month', 'quarter', 'year'];
const UNITS: readonly string[] = ['millisecond', 'second', 'minute', 'hour', ...DAY_UNITS];

function unitOf(call: CallInput, isDate: boolean): string {
  const unit = constantOf(call, 0, 'a unit').toLowerCase();
  const known = isDate ? DAY_UNITS : UNITS;
  if (!known.includes(unit)) throw call.refuse(call.arguments[0], `'${unit}' is not a valid field`);
  return unit;
}

function defineArithmetic(registry: Registry): void {
  define(
    registry,
    'date_trunc',
    'varchar, date -> date',
    (call) => `CAST(date_trunc('${unitOf(call, true)}', ${sqlOf(call, 1)}) AS DATE)`,
  );
  define(
    registry,
    'date_trunc',
    'varchar, timestamp(p) -> timestamp(p)',
    // DuckDB (1.5.6) takes `date_trunc(…) = constant` for false, and `<>` for true, where no such moment can come out,
    // for NULL as well. What is added changes nothing, and the rule does not know it.
    (call) => `(date_trunc('${unitOf(call, false)}', ${sqlOf(call, 1)}) + INTERVAL 0 SECOND)`,
  );
  define(registry, 'date_trunc', 'varchar, tstz(p) -> tstz(p)', (call) => {
    const zone = zoneAt(call, 1);
    return instantOf(`date_trunc('${unitOf(call, false)}', ${localSql(call, 1)})`, zone);
  });
  define(
    registry,
    'date_add',
    'varchar, bigint, date -> date',
    (call) => `CAST(${added(unitOf(call, true), call)} AS DATE)`,
  );
  define(registry, 'date_add', 'varchar, bigint, timestamp(p) -> timestamp(p)', (call) =>
    added(unitOf(call, false), call),
  );
  define(registry, 'date_add', 'varchar, bigint, tstz(p) -> tstz(p)', (call) => {
    const unit = unitOf(call, false);
    if (!DAY_UNITS.includes(unit)) return added(unit, call);
    return instantOf(`${localSql(call, 2)} + ${intervalOf(unit, sqlOf(call, 1))}`, zoneAt(call, 2));
  });
  for (const type of ['date', 'timestamp', 'tstz']) {
    const pattern = type === 'date' ? 'date, date' : `${type}(p), ${type}(q)`;
    define(registry, 'date_diff', `varchar, ${pattern} -> bigint`, dateDiff);
  }
}

function zoneAt(call: CallInput, index: number): string {
  const argument = call.arguments[index];
  return argument === undefined ? 'UTC' : knownZone(call, argument);
}

function added(unit: string, call: CallInput): string {
  const { type } = call.arguments[2] ?? { type: DATE };
  if (
    unit === 'millisecond' &&
    type.base !== 'date' &&
    'precision' in type &&
    type.precision < TIMESTAMP_PRECISION_DEFAULT
  ) {
    throw call.notSupported(call.arguments[2], 'milliseconds added to a timestamp without them');
  }
  return `(${sqlOf(call, 2)} + ${intervalOf(unit, sqlOf(call, 1))})`;
}

function intervalOf(unit: string, count: string): string {
  const whole = (times: number): string =>
    `CAST(${times === 1 ? count : `(${count}) * ${times}`} AS INTEGER)`;
  switch (unit) {
    case 'millisecond':
      return `to_microseconds((${count}) * 1000)`;
    case 'second':
      return `to_microseconds((${count}) * 1000000)`;
    case 'minute':
      return `to_minutes(${count})`;
    case 'hour':
      return `to_hours(${count})`;
    case 'day':
      return `to_days(${whole(1)})`;
    case 'week':
      return `to_days(${whole(7)})`;
    case 'quarter':
      return `to_months(${whole(3)})`;
    case 'year':
      return `to_months(${whole(12)})`;
    default:
      return `to_months(${whole(1)})`;
  }
}

function dateDiff(call: CallInput): string {
  const unit = unitOf(call, call.arguments[1]?.type.base === 'date');
  const zoned = call.arguments[1]?.type.base === 'timestamp with time zone';
  const local = zoned && DAY_UNITS.includes(unit);
  if (local && zoneAt(call, 1) !== zoneAt(call, 2)) {
    throw call.notSupported(call.arguments[2], `date_diff in ${unit}s between two time zones`);
  }
  const from = local ? localSql(call, 1) : sqlOf(call, 1);
  const to = local ? localSql(call, 2) : sqlOf(call, 2);
  const months = { month: 1, quarter: 3, year: 12 }[unit];
  if (months === undefined) return `date_sub('${unit}', ${from}, ${to})`;
  return `(${monthsBetween(from, to)} // ${months})`;
}

/** Whole months as Joda counts them: the most that can be added to the earlier one without passing the other. */
export function monthsBetween(from: string, to: string): string {
  return once([from, to], ([a = '', b = '']) => {
    const [forth, back] = [monthsForth(a, b), monthsForth(b, a)];
    return `(CASE WHEN ${b} >= ${a} THEN ${forth} ELSE -${back} END)`;
  });
}

function monthsForth(from: string, to: string): string {
  const calendar = `((date_part('year', ${to}) - date_part('year', ${from})) * 12 + date_part('month', ${to}) - date_part('month', ${from}))`;
  const reached = `CAST(${from} AS TIMESTAMP) + to_months(CAST(${calendar} AS INTEGER))`;
  return `(${calendar} - CASE WHEN ${reached} > ${to} THEN 1 ELSE 0 END)`;
}

function defineEpoch(registry: Registry): void {
  const seconds = (call: CallInput): string =>
    `make_timestamptz(CAST(round(${sqlOf(call, 0)} * 1e3) AS BIGINT) * 1000)`;
  define(registry, 'from_unixtime', 'double -> tstz(3)', seconds);
  define(registry, 'from_unixtime', 'double, varchar -> tstz(3)', seconds, {
    result: (call) => timestampWithZone(3, zoneArgument(call, 1)),
  });
  define(registry, 'from_unixtime', 'double, bigint, bigint -> tstz(3)', seconds, {
    result: (call) => timestampWithZone(3, offsetZone(call)),
  });
  define(registry, 'human_readable_seconds', 'double -> varchar', 'dp_human_seconds($1)');
  for (const type of ['timestamp(p)', 'tstz(p)']) {
    define(registry, 'to_unixtime', `${type} -> double`, '(CAST(epoch_us($1) AS DOUBLE) / 1e6)');
  }
}

/** Hours and minutes from UTC. */
function offsetZone(call: Omit<CallInput, 'result'>): string {
  const [hours, minutes] = [1, 2].map((index) => Number(call.arguments[index]?.constant ?? Number.NaN));
  const total = (hours ?? Number.NaN) * 60 + (minutes ?? Number.NaN);
  if (!Number.isInteger(total))
    throw call.notSupported(call.arguments[1], 'an offset that is not a constant');
  const size = Math.abs(total);
  const two = (value: number): string => String(value).padStart(2, '0');
  const text = `${total < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  const zone = zoneOfText(text);
  if (zone === undefined) throw call.refuse(call.arguments[1], `'${text}' is not a valid time zone`);
  return zone;
}

function zoneArgument(call: Omit<CallInput, 'result'>, index: number): string {
  const argument = call.arguments[index];
  if (argument?.constant === undefined)
    throw call.notSupported(argument, 'a time zone that is not a constant');
  const zone = zoneOfText(argument.constant);
  if (zone === undefined) throw call.refuse(argument, `'${argument.constant}' is not a valid time zone`);
  return zone;
}

function defineZones(registry: Registry): void {
  define(
    registry,
    'with_timezone',
    'timestamp(p), varchar -> timestamp(p)',
    (call) => instantOf(sqlOf(call, 0), zoneArgument(call, 1)),
    {
      result: (call) => timestampWithZone(digitsOf(call.arguments[0]?.type), zoneArgument(call, 1)),
    },
  );
  for (const [name, divided] of [
    ['timezone_hour', '// 60'],
    ['timezone_minute', '% 60'],
  ] as const) {
    define(
      registry,
      name,
      'tstz(p) -> bigint',
      (call) => `CAST(${minutesAhead(localSql(call, 0), sqlOf(call, 0))} ${divided} AS BIGINT)`,
    );
  }
  define(registry, 'at_timezone', 'tstz(p), varchar -> tstz(p)', '$1', {
    result: (call) => timestampWithZone(digitsOf(call.arguments[0]?.type), zoneArgument(call, 1)),
  });
}

/** Minutes that the value's own clock is ahead of UTC's. */
export function minutesAhead(local: string, instant: string): string {
  return `((epoch_us(CAST(${local} AS TIMESTAMP)) - epoch_us(${instant})) // 60000000)`;
}

export function digitsOf(type: Type | undefined): number {
  return type !== undefined && 'precision' in type ? type.precision : 0;
}

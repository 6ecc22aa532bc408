import { quoteText } from '../plan/bound.ts';
import { castSql } from '../plan/cast.ts';
import { once } from '../plan/once.ts';
import { javaTimeFormat, mysqlTimeFormat, readJavaTime } from '../scalar/java-time.ts';
import { MIXED_ZONES } from '../types/coercion.ts';
import { DATE, type Type, timestampWithZone, varchar } from '../types/type.ts';
import { type CallInput, constantOf, define, type Registry, sqlOf } from './registry.ts';
import { digitsOf, localSql, minutesAhead } from './time.ts';
import { javaFormat, mysqlFormat, quickFormat } from './time-format.ts';
import { zoneOfText } from './zone.ts';

/** Dates and times as texts, and texts as dates and times. */
export function defineTimeTexts(registry: Registry): void {
  for (const type of ['timestamp(p)', 'tstz(p)']) {
    define(
      registry,
      'date_format',
      `${type}, varchar -> varchar`,
      (call) =>
        `strftime(${asTimestamp(localSql(call, 0))}, ${quoteText(mysqlFormat(constantOf(call, 1, 'a format'), call))})`,
    );
    define(registry, 'format_datetime', `${type}, varchar -> varchar`, (call) =>
      javaFormat(call, {
        local: asTimestamp(localSql(call, 0)),
        ...(type === 'tstz(p)' ? { minutesAhead: minutesAhead(localSql(call, 0), sqlOf(call, 0)) } : {}),
      }),
    );
  }
  define(registry, 'date_parse', 'varchar, varchar -> timestamp(3)', (call) => {
    const format = constantOf(call, 1, 'a format');
    mysqlFormat(format, call);
    const known = mysqlTimeFormat(format);
    if (typeof known === 'string') throw call.notSupported(call.arguments[1], `reading '%${known}'`);
    const read = (text: string): string =>
      `make_timestamp(dp_parse_mysql_time(${text}, ${quoteText(format)}))`;
    const quick = quickFormat(format);
    if (quick === undefined) return read(sqlOf(call, 0));
    return once([sqlOf(call, 0)], ([text = '']) => {
      const isPlain = `regexp_full_match(${text}, ${quoteText(quick.pattern)})`;
      return `CASE WHEN ${isPlain} THEN strptime(${text}, ${quoteText(quick.format)}) ELSE ${read(text)} END`;
    });
  });
  define(registry, 'parse_datetime', 'varchar, varchar -> tstz(3)', parsedJavaTime, { result: javaZone });
  define(registry, 'to_iso8601', 'date -> varchar(16)', 'CAST($1 AS VARCHAR)');
  define(registry, 'to_iso8601', 'timestamp(p) -> varchar', (call) => isoText(call, 0), {
    result: (call) => varchar(isoLength(digitsOf(call.arguments[0]?.type))),
  });
  define(registry, 'to_iso8601', 'tstz(p) -> varchar', zonedIsoText, {
    result: (call) => varchar(isoLength(digitsOf(call.arguments[0]?.type)) + OFFSET_LENGTH),
  });
  define(registry, 'from_iso8601_date', 'varchar -> date', "(DATE '1970-01-01' + dp_iso_days($1))");
  define(registry, 'from_iso8601_timestamp', 'varchar -> tstz(3)', isoTimestamp, {
    result: (call) => timestampWithZone(3, isoZone(call.arguments[0]?.constant)),
  });
  define(registry, 'date', 'date -> date', '$1');
  for (const type of ['varchar', 'timestamp(p)', 'tstz(p)']) {
    define(registry, 'date', `${type} -> date`, (call) => {
      const argument = call.arguments[0];
      return argument === undefined ? 'NULL' : (castSql(argument.sql, argument.type, DATE) ?? 'NULL');
    });
  }
}

/** The length Trino declares: room for a year of more digits, and the point with its digits. */
function isoLength(digits: number): number {
  return digits === 0 ? 22 : 23 + digits;
}

function asTimestamp(sql: string): string {
  return /^CAST\(.* AS TIMESTAMP\)$/.test(sql) ? sql : `CAST(${sql} AS TIMESTAMP)`;
}

const OFFSET_LENGTH = 6;

function zonedIsoText(call: CallInput): string {
  return once([sqlOf(call, 0)], ([instant = '']) => {
    const zoned = { ...call, arguments: call.arguments.map((item) => ({ ...item, sql: instant })) };
    const ahead = minutesAhead(localSql(zoned, 0), instant);
    const offset = `CASE WHEN ${ahead} = 0 THEN 'Z' ELSE dp_offset_text(${ahead}, ':') END`;
    return `(${isoText(zoned, 0)} || ${offset})`;
  });
}

function isoText(call: CallInput, index: number): string {
  const digits = digitsOf(call.arguments[index]?.type);
  const text = `strftime(${localSql(call, index)}, '%Y-%m-%dT%H:%M:%S.%f')`;
  return `${text}[:-${digits === 0 ? 8 : 7 - digits}]`;
}

function parsedJavaTime(call: CallInput): string {
  const format = constantOf(call, 1, 'a format');
  const known = javaTimeFormat(format);
  if (typeof known === 'string') throw call.notSupported(call.arguments[1], `reading '${known}'`);
  return `make_timestamptz(dp_parse_java_time(${sqlOf(call, 0)}, ${quoteText(format)}))`;
}

/** An offset that is read belongs to the value, so it is known only when the text is. */
function javaZone(call: Omit<CallInput, 'result'>): Type {
  const [text, format] = call.arguments.map((argument) => argument.constant);
  if (!/Z/.test(format?.replaceAll(/'[^']*'/g, '') ?? '')) return timestampWithZone(3, 'UTC');
  const zone = text === undefined ? undefined : readJavaTime(text, format ?? '')?.offset;
  return timestampWithZone(3, zone ?? MIXED_ZONES);
}

const ISO_CLOCK = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?';
const ISO_TEXT = `[0-9]{4}-[0-9]{2}-[0-9]{2}T${ISO_CLOCK}(Z|[+-][0-9]{2}:?[0-9]{2})?`;

/** The zone is the text's own, so it is known only when the text is. */
function isoZone(text: string | undefined): string {
  if (text === undefined) return MIXED_ZONES;
  const offset = /T.*?(Z|[+-]\d{2}(?::?\d{2})?)$/.exec(text)?.[1];
  if (offset === undefined || offset === 'Z') return 'UTC';
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  return zoneOfText(`${offset[0]}${digits.slice(0, 2)}:${digits.slice(2)}`) ?? MIXED_ZONES;
}

/** DuckDB reads the usual form by itself. */
function isoTimestamp(call: CallInput): string {
  return once([sqlOf(call, 0)], ([text]) => {
    const quick = `date_trunc('milliseconds', CAST(${text} AS TIMESTAMPTZ))`;
    return `CASE WHEN regexp_full_match(${text}, ${quoteText(ISO_TEXT)}) THEN ${quick} ELSE make_timestamptz(dp_iso_micros(${text})) END`;
  });
}

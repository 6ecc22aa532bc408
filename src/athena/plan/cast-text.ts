import { duckdbType, type Type, typeText } from '../types/type.ts';
import { quoteText, raiseWhen } from './bound.ts';
import { once } from './once.ts';

/** SQL of a text cast to another type: DuckDB reads more spellings than Trino, so the spelling is checked first. */
export function castText(sql: string, to: Type): string | undefined {
  switch (to.base) {
    case 'varchar':
      return to.length === undefined ? sql : `left(${sql}, ${to.length})`;
    case 'varbinary':
      return `encode(${sql})`;
    case 'boolean':
      return castTextToBoolean(sql);
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return checked(sql, '[+-]?[0-9]+', to);
    case 'decimal':
      return checked(sql, String.raw`\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*`, to);
    case 'double':
      return `dp_text_double(${sql})`;
    case 'real':
      return `CAST(dp_text_double(${sql}) AS FLOAT)`;
    case 'date':
      return castTextToDate(sql);
    case 'timestamp':
      return castTextToTimestamp(sql, to);
    case 'time':
      return roundTime(checked(sql, CLOCK_TEXT, { base: 'time', precision: 6 }), {
        from: 6,
        to: to.precision,
      });
    case 'uuid':
      return checked(sql, '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}', to);
    default:
      return undefined;
  }
}

function castTextToBoolean(sql: string): string {
  return once([sql], ([text = '']) => {
    const words = `lower(${text})`;
    const known = `${words} NOT IN ('true', 't', '1', 'false', 'f', '0')`;
    return raiseWhen(known, 'Cannot cast text to boolean', `(${words} IN ('true', 't', '1'))`);
  });
}

function checked(sql: string, pattern: string, to: Type): string {
  return once([sql], ([text = '']) =>
    raiseWhen(
      `NOT regexp_full_match(${text}, ${quoteText(pattern)})`,
      `Cannot cast text to ${typeText(to)}`,
      `CAST(${text} AS ${duckdbType(to)})`,
    ),
  );
}

const ZONE_TEXT = String.raw`(\s*((UTC|GMT)?[+-][0-9]{2}:?[0-9]{2}|UTC|GMT|Z|Japan|Singapore|Hongkong|PRC|ROK|ROC|GB|CET|EET|WET|[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+)|\s+(UTC|GMT)?[+-][0-9]{1,2})\s*$`;
const DATE_TEXT = String.raw`\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\s*`;
const CLOCK_TEXT = String.raw`([01]?[0-9]|2[0-3]):[0-5]?[0-9](:[0-5]?[0-9](\.[0-9]{1,6})?)?`;
const TIMESTAMP_TEXT = String.raw`\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}( ${CLOCK_TEXT})?\s*`;

/** What DuckDB reads as Trino does it reads; the rest goes to a slower reader. */
function castTextToDate(sql: string): string {
  return once(
    [sql],
    ([text = '']) =>
      `CASE WHEN regexp_full_match(${text}, ${quoteText(DATE_TEXT)}) THEN CAST(${text} AS DATE) ELSE DATE '1970-01-01' + dp_text_days(${text}) END`,
  );
}

function castTextToTimestamp(sql: string, to: Type & { base: 'timestamp' }): string {
  // A zone may follow, and is left out.
  const local = `regexp_replace(${sql}, ${quoteText(ZONE_TEXT)}, '')`;
  const read = once([local], ([text = '']) => {
    const slow = `make_timestamp(dp_text_micros(${text}, ${to.precision === 6}))`;
    return `CASE WHEN regexp_full_match(${text}, ${quoteText(TIMESTAMP_TEXT)}) THEN CAST(${text} AS TIMESTAMP) ELSE ${slow} END`;
  });
  return roundTimestamp(read, { from: 6, to: to.precision });
}

const MICROS_PER_DIGIT: readonly number[] = [1_000_000, 100_000, 10_000, 1000, 100, 10, 1];

/** A time of day on some day, for what is done with timestamps alone. */
export function onSomeDay(sql: string): string {
  return `(DATE '2000-01-01' + ${sql})`;
}

/** SQL of a time of day rounded to fewer digits of a second; the last moment of a day rounds to its first. */
export function roundTime(sql: string, digits: { from: number; to: number }): string {
  if (digits.to >= digits.from) return sql;
  return `CAST(${roundTimestamp(onSomeDay(sql), digits)} AS TIME)`;
}

/** SQL of a timestamp rounded to fewer digits of a second, half up. */
export function roundTimestamp(sql: string, digits: { from: number; to: number }): string {
  const unit = MICROS_PER_DIGIT[digits.to] ?? 1;
  if (digits.to >= digits.from || unit === 1) return sql;
  return `time_bucket(to_microseconds(${unit}), ${sql} + to_microseconds(${unit / 2}))`;
}

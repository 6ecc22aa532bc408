import { commonSuperType, isFloating, isNumeric, isWhole, MIXED_ZONES } from '../types/coercion.ts';
import { duckdbFieldName, duckdbType, sameType, type Type, typeText } from '../types/type.ts';
import { quoteName, quoteText, raiseWhen } from './bound.ts';
import { castFromJson, castToJson } from './cast-json.ts';
import { castText, onSomeDay } from './cast-text.ts';
import { castTime, isTimeType, localIn } from './cast-time.ts';
import { once } from './once.ts';

/** SQL of an explicit cast as Trino does it; undefined when Trino has no such cast, or dp none. */
export function castSql(sql: string, from: Type, to: Type): string | undefined {
  if (to.base === 'char') return undefined;
  if (from.base === 'unknown') return `CAST(NULL AS ${duckdbType(to)})`;
  if (sameType(from, to)) return sql;
  if (to.base === 'json') return castToJson(sql, from);
  if (from.base === 'json') return castFromJson(sql, to);
  if (from.base === 'varchar') return castText(sql, to);
  if (to.base === 'varchar') return castToText(sql, from, to);
  if (isNumeric(from)) return castNumber(sql, from, to);
  if (from.base === 'boolean') return castBoolean(sql, to);
  if (isTimeType(from)) {
    return castTime(sql, from, to);
  }
  return castContainer(sql, from, to);
}

/** SQL that turns a value into the wider type it meets. Only for types that `canCoerce`. */
export function coerceSql(sql: string, from: Type, to: Type): string {
  if (sameType(from, to) || duckdbType(from) === duckdbType(to)) return sql;
  if (from.base === 'unknown') return `CAST(NULL AS ${duckdbType(to)})`;
  // A row's fields are matched by position here; DuckDB would match them by name.
  if (from.base === 'row' || from.base === 'array' || from.base === 'map') {
    return castContainer(sql, from, to) ?? sql;
  }
  return `CAST(${sql} AS ${duckdbType(to)})`;
}

function castNumber(sql: string, from: Type, to: Type): string | undefined {
  if (to.base === 'boolean') return `(${sql} <> 0)`;
  if (!isNumeric(to)) return undefined;
  if (!isFloating(from)) return `CAST(${sql} AS ${duckdbType(to)})`;
  if (isWhole(to)) return `CAST(round(${sql}) AS ${duckdbType(to)})`;
  if (to.base !== 'decimal') return `CAST(${sql} AS ${duckdbType(to)})`;
  // Trino rounds the shortest decimal text of a double, half away from zero.
  return `CAST(${floatingText(sql, from)} AS ${duckdbType(to)})`;
}

function floatingText(sql: string, from: Type): string {
  return from.base === 'real' ? `dp_real_plain(${sql})` : `dp_double_plain(${sql})`;
}

function castBoolean(sql: string, to: Type): string | undefined {
  return isNumeric(to) ? `CAST(CAST(${sql} AS INTEGER) AS ${duckdbType(to)})` : undefined;
}

function castToText(sql: string, from: Type, to: Type & { base: 'varchar' }): string | undefined {
  const text = textOf(sql, from);
  if (text === undefined || to.length === undefined) return text;
  // Only texts are cut to the length; other values must fit.
  const message = `Value cannot be cast to varchar(${to.length})`;
  return once([text], ([value = '']) => raiseWhen(`length(${value}) > ${to.length}`, message, value));
}

/** SQL of a value as Trino's CAST(… AS varchar) writes it. */
export function textOf(sql: string, from: Type): string | undefined {
  switch (from.base) {
    case 'double':
      return `dp_double_text(${sql})`;
    case 'real':
      return `dp_real_text(${sql})`;
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'date':
    case 'uuid':
      return `CAST(${sql} AS VARCHAR)`;
    case 'decimal':
      return decimalText(sql, from);
    case 'timestamp':
      return timestampText(sql, from.precision);
    case 'time':
      return `${timestampText(onSomeDay(sql), from.precision)}[12:]`;
    case 'timestamp with time zone':
      if (from.zone === MIXED_ZONES) return undefined;
      return `(${timestampText(localIn(sql, from.zone), from.precision)} || ${quoteText(` ${from.zone}`)})`;
    case 'interval day to second':
      return `dp_day_to_second_text(${sql})`;
    case 'interval year to month':
      return once(
        [sql],
        ([x = '']) =>
          `(CASE WHEN ${x} < 0 THEN '-' ELSE '' END || CAST(abs(${x}) // 12 AS VARCHAR) || '-' || CAST(abs(${x}) % 12 AS VARCHAR))`,
      );
    default:
      return undefined;
  }
}

/** DuckDB leaves out the zero before the point where the type has no digit there. */
export function decimalText(sql: string, type: Type & { base: 'decimal' }): string {
  const { precision, scale } = type;
  if (precision > scale) return `CAST(${sql} AS VARCHAR)`;
  return `dp_fixed(CAST(${sql} AS VARCHAR), CAST(${scale} AS INTEGER))`;
}

function timestampText(sql: string, precision: number): string {
  if (precision === 0) return `strftime(${sql}, '%Y-%m-%d %H:%M:%S')`;
  const dropped = 6 - precision;
  const text = `strftime(${sql}, '%Y-%m-%d %H:%M:%S.%f')`;
  return dropped === 0 ? text : `${text}[:-${dropped + 1}]`;
}

function castContainer(sql: string, from: Type, to: Type): string | undefined {
  if (from.base === 'array' && to.base === 'array') {
    const element = elementName(sql);
    const inner = castSqlOrSame(element, from.element, to.element);
    if (inner === undefined || inner === element) return inner === undefined ? undefined : sql;
    return `list_transform(${sql}, lambda ${element}: ${inner})`;
  }
  if (from.base === 'map' && to.base === 'map') {
    const entry = elementName(sql);
    const key = castSqlOrSame(`${entry}.key`, from.key, to.key);
    const value = castSqlOrSame(`${entry}.value`, from.value, to.value);
    if (key === undefined || value === undefined) return undefined;
    return `map_from_entries(list_transform(map_entries(${sql}), lambda ${entry}: struct_pack(k := ${key}, v := ${value})))`;
  }
  if (from.base === 'row' && to.base === 'row') return castRow(sql, from, to);
  return undefined;
}

function castRow(sql: string, from: Type & { base: 'row' }, to: Type & { base: 'row' }): string | undefined {
  if (from.fields.length !== to.fields.length) return undefined;
  const made = once([sql], ([row = '']) => {
    const fields = to.fields.map((field, index) => {
      const source = from.fields[index];
      const name = source === undefined ? '' : duckdbFieldName(source, index);
      const value = `struct_extract(${row}, ${quoteText(name)})`;
      const cast = source === undefined ? undefined : castSqlOrSame(value, source.type, field.type);
      return cast === undefined ? 'dp:none' : `${quoteName(duckdbFieldName(field, index))} := ${cast}`;
    });
    return `CASE WHEN ${row} IS NULL THEN NULL ELSE struct_pack(${fields.join(', ')}) END`;
  });
  return made.includes('dp:none') ? undefined : made;
}

function castSqlOrSame(sql: string, from: Type, to: Type): string | undefined {
  return duckdbType(from) === duckdbType(to) && sameBase(from, to) ? sql : castSql(sql, from, to);
}

function sameBase(from: Type, to: Type): boolean {
  return commonSuperType(from, to) !== undefined && typeText(from) === typeText(to);
}

/** A lambda parameter that the SQL it stands in does not use yet. */
export function elementName(sql: string): string {
  const used = [...sql.matchAll(/\belement(\d+)\b/g)].map((match) => Number(match[1]));
  return `element${Math.max(0, ...used) + 1}`;
}

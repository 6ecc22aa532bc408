import { parseParameter } from '../sql/parse-statement.ts';
import type { Query } from '../sql/tree.ts';
import { MIXED_ZONES } from '../types/coercion.ts';
import * as types from '../types/type.ts';
import { bindExpression } from './bind-expression.ts';
import { fieldSql } from './bind-name.ts';
import { bindQuery, finalName } from './bind-query.ts';
import { type Bound, quoteName, quoteText } from './bound.ts';
import { elementName, textOf } from './cast.ts';
import { localIn } from './cast-time.ts';
import { type Context, type Environment, notSupported, type QueryColumn } from './context.ts';
import type { KnownTable, Tables } from './tables.ts';

export interface PlannedColumn {
  /** As the result shows it; two columns may share a name. */
  readonly name: string;
  /** Trino's type, as `typeof` shows it: `varchar(1)`, `decimal(10,2)`, `timestamp(3)`. */
  readonly type: string;
}

export interface PlannedQuery {
  /** One SELECT for DuckDB. */
  readonly duckdbSql: string;
  readonly columns: readonly PlannedColumn[];
  /** The tables it reads, each once. */
  readonly tables: readonly KnownTable[];
}

export interface QueryInput {
  readonly sql: string;
  readonly database: string;
  readonly tables: Tables;
  /** Values of `?` markers, as SQL. */
  readonly parameters?: readonly string[];
}

/** Plans a query that has been parsed from `input.sql`. */
export function planQuery(query: Query, input: QueryInput): PlannedQuery {
  const env = environmentOf(input);
  const context: Context = {
    env,
    scope: { fields: [] },
    named: new Map(),
    keys: new Map(),
    inAggregate: false,
    lambdaDepth: 0,
    windows: new Map(),
  };
  const bound = bindQuery(query, context, true);
  const columns = bound.columns.map((column, index) => ({
    name: finalName(column, index),
    type: types.typeText(column.type),
  }));
  for (const column of bound.columns) refuseUnknownZone(column, context);
  const duckdbSql = bound.columns.some((column) => shownAs('x', column.type) !== undefined)
    ? shown(query, context)
    : bound.sql;
  return { duckdbSql, columns, tables: [...env.used] };
}

function environmentOf(input: QueryInput): Environment {
  let last = 0;
  const bare: Environment = {
    sql: input.sql,
    database: input.database,
    tables: input.tables,
    parameters: [],
    nextName: (prefix) => `${prefix}${++last}`,
    used: new Set(),
    views: [],
  };
  const parameters = (input.parameters ?? []).map((text): Bound => {
    const env = { ...bare, sql: text };
    return bindExpression(parseParameter(text), {
      env,
      scope: { fields: [] },
      named: new Map(),
      keys: new Map(),
      without: 'a parameter',
      inAggregate: false,
      lambdaDepth: 0,
      windows: new Map(),
    });
  });
  return { ...bare, parameters };
}

function refuseUnknownZone(column: QueryColumn, context: Context): void {
  if (hasUnknownZone(column.type)) {
    throw notSupported(context, 0, `values in more than one time zone in the column ${column.name ?? ''}`);
  }
}

function hasUnknownZone(type: types.Type): boolean {
  switch (type.base) {
    case 'timestamp with time zone':
      return type.zone === MIXED_ZONES;
    case 'array':
      return hasUnknownZone(type.element);
    case 'map':
      return hasUnknownZone(type.key) || hasUnknownZone(type.value);
    case 'row':
      return type.fields.some((field) => hasUnknownZone(field.type));
    default:
      return false;
  }
}

/**
 * A result cannot show intervals (whole numbers in DuckDB) nor zones as they are, so those columns become text,
 * around the query, where their order no longer matters.
 */
function shown(query: Query, context: Context): string {
  const inner = bindQuery(query, context);
  const items = inner.columns.map((column, index) => {
    const sql = `shown.${column.sql}`;
    return `${shownAs(sql, column.type) ?? sql} AS ${quoteName(finalName(column, index))}`;
  });
  return `SELECT ${items.join(', ')} FROM (${inner.sql}) AS shown`;
}

function shownAs(sql: string, type: types.Type): string | undefined {
  switch (type.base) {
    case 'interval day to second':
    case 'interval year to month':
      return textOf(sql, type);
    case 'timestamp with time zone': {
      // A fraction ends with its last digit, as in every result.
      const local = `strftime(${localIn(sql, type.zone)}, '%Y-%m-%d %H:%M:%S.%f')`;
      return `(rtrim(rtrim(${local}, '0'), '.') || ${quoteText(` ${type.zone}`)})`;
    }
    case 'array': {
      const item = elementName(sql);
      const inner = shownAs(item, type.element);
      return inner === undefined ? undefined : `list_transform(${sql}, lambda ${item}: ${inner})`;
    }
    case 'map': {
      const entry = elementName(sql);
      const [key, value] = [shownAs(`${entry}.key`, type.key), shownAs(`${entry}.value`, type.value)];
      if (key === undefined && value === undefined) return undefined;
      const fields = `k := ${key ?? `${entry}.key`}, v := ${value ?? `${entry}.value`}`;
      return `map_from_entries(list_transform(map_entries(${sql}), lambda ${entry}: struct_pack(${fields})))`;
    }
    case 'row':
      return shownRow(sql, type);
    default:
      return undefined;
  }
}

function shownRow(sql: string, type: types.Type & { base: 'row' }): string | undefined {
  const values = type.fields.map((field, index) => fieldSql(sql, field, index));
  const shown = type.fields.map((field, index) => shownAs(values[index] ?? '', field.type));
  if (shown.every((value) => value === undefined)) return undefined;
  const fields = type.fields.map(
    (field, index) =>
      `${quoteName(types.duckdbFieldName(field, index))} := ${shown[index] ?? values[index] ?? ''}`,
  );
  return `CASE WHEN ${sql} IS NOT NULL THEN struct_pack(${fields.join(', ')}) END`;
}

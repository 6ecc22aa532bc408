import { meaningFailure, notSupportedFailure } from '../errors.ts';
import type { Window } from '../sql/tree.ts';
import type { Type } from '../types/type.ts';
import type { Bound } from './bound.ts';
import type { Scope } from './scope.ts';
import type { KnownTable, Tables } from './tables.ts';

/** What is the same for all of one statement. */
export interface Environment {
  readonly sql: string;
  readonly database: string;
  readonly tables: Tables;
  /** Constants for `?` markers, by position. */
  readonly parameters: readonly Bound[];
  /** Names for relations in the generated SQL. */
  readonly nextName: (prefix: string) => string;
  /** Tables met, for the bytes they hold and the partitions they read. */
  readonly used: Set<KnownTable>;
  /** Views being expanded, innermost last, so that one cannot contain itself. */
  readonly views: readonly string[];
}

/** A WITH query that FROM may name. */
export interface NamedQuery {
  readonly alias: string;
  readonly columns: readonly QueryColumn[];
}

export interface QueryColumn {
  readonly name?: string;
  readonly written?: string;
  readonly type: Type;
  /** What the generated SQL calls it. */
  readonly sql: string;
}

/** What an expression may use where it stands. */
export interface Context {
  readonly env: Environment;
  readonly scope: Scope;
  readonly named: ReadonlyMap<string, NamedQuery>;
  /** SQL of the GROUP BY keys, by the same with the names of its subqueries counted from the first. */
  readonly keys: ReadonlyMap<string, string>;
  /** Where aggregates and windows are refused: `WHERE clause`. Missing where they may stand. */
  readonly without?: string;
  readonly inAggregate: boolean;
  readonly lambdaDepth: number;
  readonly windows: ReadonlyMap<string, Window>;
  /** Inside TRY: where what TRY cannot hold is computed instead. */
  readonly apart?: Apart;
}

export function keysOf(keys: readonly Bound[]): ReadonlyMap<string, string> {
  return new Map(keys.map(({ sql }) => [sameNames(sql), sql] as const));
}

/** The SQL with the names that its subqueries give counted anew: the same subquery has other names each time. */
export function sameNames(sql: string): string {
  if (!sql.includes('SELECT')) return sql;
  const given = [...sql.matchAll(/ AS ([ru]\d+)\b|\b(w\d+) AS \(/g)].map((match) => match[1] ?? match[2]);
  const names = new Map([...new Set(given)].map((name, index) => [name, `#${index}`] as const));
  return sql.replaceAll(/\b[ruw]\d+\b/g, (name) => names.get(name) ?? name);
}

/** Values that an expression uses and that are computed outside it, as fields of one row. */
export interface Apart {
  readonly fields: string[];
}

export function refuse(context: Context | Environment, at: number, why: string): Error {
  return meaningFailure('env' in context ? context.env.sql : context.sql, at, why);
}

export function notSupported(context: Context | Environment, at: number, what: string): Error {
  return notSupportedFailure('env' in context ? context.env.sql : context.sql, at, what);
}

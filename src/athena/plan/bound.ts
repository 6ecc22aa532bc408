import type { Type } from '../types/type.ts';
import type { Scope } from './scope.ts';

/** An expression whose names and types are known, and what it is in DuckDB's SQL. */
export interface Bound {
  readonly sql: string;
  readonly type: Type;
  readonly at: number;
  /** Columns used outside aggregates that no GROUP BY key covers. */
  readonly loose: readonly LooseColumn[];
  readonly aggregate: boolean;
  readonly window: boolean;
  /** Random, so never the same twice. */
  readonly volatile: boolean;
  /** Of a table's timestamp: SQL of the value that it is rounded from. */
  readonly exactSql?: string;
  /** The text or number written in the query, for formats, patterns, units and the like. */
  readonly constant?: string;
}

export interface LooseColumn {
  readonly scope: Scope;
  readonly name: string;
  readonly at: number;
}

/** Text as an SQL literal for DuckDB, where a backslash is a plain character. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as a quoted SQL identifier. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A new expression made of others; what they used, it uses. */
export function combine(
  parts: readonly Bound[],
  made: { sql: string; type: Type; at: number; constant?: string },
): Bound {
  return {
    loose:
      parts.length === 1 && parts[0] !== undefined ? parts[0].loose : parts.flatMap((part) => part.loose),
    aggregate: parts.some((part) => part.aggregate),
    window: parts.some((part) => part.window),
    volatile: parts.some((part) => part.volatile),
    ...made,
  };
}

/** The start of every message that generated SQL raises on purpose, so that it can be told from DuckDB's own. */
export const RAISED = 'athena: ';

/**
 * SQL that raises the message for rows where the condition holds and is the value elsewhere. A failing cast
 * does it, because DuckDB's own error() counts as volatile and TRY refuses volatile functions.
 */
export function raiseWhen(condition: string, message: string, value: string): string {
  const raised = `CAST(${quoteText(RAISED + message)} AS BOOLEAN)`;
  return `CASE WHEN CASE WHEN ${condition} THEN ${raised} ELSE false END THEN NULL ELSE ${value} END`;
}

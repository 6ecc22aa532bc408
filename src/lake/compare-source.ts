import type { LakeContract, LakeSource } from './contract.ts';

/** A column as it was found in the database. */
export interface FoundColumn {
  readonly name: string;
  /** In hive's words: `decimal(14,2)`. */
  readonly type: string;
  /** In the words of whoever found it, for the message. */
  readonly said: string;
  /** Undefined where nobody knows. */
  readonly nullable?: boolean | undefined;
}

/** How a source differs from what a contract reads, as sentences. */
export interface SourceDifferences {
  /** Columns or tables that are missing, or have another type. Nothing can be loaded. */
  readonly broken: readonly string[];
  /** Columns nobody asked for. They are left out. */
  readonly extra: readonly string[];
}

/** Compares a table as it was found, undefined when it was not, with the source that a contract reads. */
export function compareSource(
  source: LakeSource,
  found: readonly FoundColumn[] | undefined,
): SourceDifferences {
  const { table } = source;
  if (found === undefined) return { broken: [`The table ${table} is missing.`], extra: [] };
  const columns = new Map(found.map((column) => [column.name, column]));
  const broken = source.columns.flatMap(({ name, type }) => {
    const column = columns.get(name);
    if (column === undefined) return [`The column ${table}.${name} (${type}) is missing.`];
    return column.type === type
      ? []
      : [`The column ${table}.${name} is ${column.said}, and the contract reads ${type}.`];
  });
  const known = new Set(source.columns.map((column) => column.name));
  const extra = found
    .filter((column) => !known.has(column.name))
    .map(({ name, said }) => `The column ${table}.${name} (${said}) is in no contract and is left out.`);
  return { broken, extra };
}

/** Columns that the lake's table says are never NULL, and the database allows to be: sentences. */
export function looserNulls(contract: LakeContract, found: readonly FoundColumn[]): string[] {
  const strict = new Set(contract.columns.filter(({ nullable }) => !nullable).map(({ name }) => name));
  return found
    .filter(({ name, nullable }) => nullable === true && strict.has(name))
    .map(
      ({ name }) =>
        `The column ${contract.source?.table}.${name} may be NULL in the database, and the contract says never.`,
    );
}

/** The type a landed column of a MySQL column has, in hive's words. MySQL's words come back for kinds dp does not load. */
export function hiveTypeOfMysql(server: string): string {
  const unsigned = server.includes('unsigned');
  const kind = /^[a-z]+/.exec(server)?.[0] ?? server;
  if (/^(var)?char$|text$|^enum$|^set$|^json$/.test(kind)) return 'string';
  if (kind === 'datetime' || kind === 'timestamp') return 'timestamp';
  if (kind === 'bigint') return unsigned ? 'decimal(20,0)' : 'bigint';
  if (kind === 'int' || kind === 'mediumint') return unsigned ? 'bigint' : 'int';
  if (kind === 'smallint' || kind === 'tinyint') return unsigned ? 'int' : kind;
  if (kind === 'decimal') return /^decimal\(\d+,\d+\)/.exec(server)?.[0] ?? server;
  return kind === 'date' ? 'date' : server;
}

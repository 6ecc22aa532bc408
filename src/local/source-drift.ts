import type { LakeSource } from '../lake/contract.ts';
import type { SourceDrift } from '../platform/engine.ts';
import type { SourceSession } from './source-session.ts';

interface ActualColumn {
  readonly name: string;
  /** The server's words: `decimal(14,2)`, `bigint(20) unsigned`. */
  readonly type: string;
}

/** Compares the database's columns with what the contracts read. Looks only. */
export async function findSourceDrift(
  sources: readonly LakeSource[],
  deps: { readonly session: SourceSession },
): Promise<SourceDrift> {
  const rows = await deps.session.query(
    'SELECT table_name, column_name, column_type FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position',
  );
  const actual = new Map<string, ActualColumn[]>();
  for (const [table, name, type] of rows) {
    const columns = actual.get(String(table)) ?? [];
    columns.push({ name: String(name), type: String(type).toLowerCase() });
    actual.set(String(table), columns);
  }
  const found = sources.map((source) => compare(source, actual.get(source.table)));
  return {
    broken: found.flatMap((drift) => drift.broken),
    extra: found.flatMap((drift) => drift.extra),
  };
}

function compare(source: LakeSource, actual: readonly ActualColumn[] | undefined): SourceDrift {
  const { table } = source;
  if (actual === undefined) return { broken: [`The table ${table} is missing.`], extra: [] };
  const types = new Map(actual.map((column) => [column.name, column.type]));
  const broken = source.columns.flatMap(({ name, type }) => {
    const found = types.get(name);
    if (found === undefined) return [`The column ${table}.${name} (${type}) is missing.`];
    const kind = hiveType(found);
    return kind === type ? [] : [`The column ${table}.${name} is ${found}, and the contract reads ${type}.`];
  });
  const known = new Set(source.columns.map((column) => column.name));
  const extra = actual
    .filter((column) => !known.has(column.name))
    .map(
      (column) => `The column ${table}.${column.name} (${column.type}) is in no contract and is left out.`,
    );
  return { broken, extra };
}

/** The type a landed column of the server's type has, in hive's words. The server's words come back for kinds dp does not load. */
export function hiveType(server: string): string {
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

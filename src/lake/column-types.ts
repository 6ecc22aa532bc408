import type { LakeTable } from './contract.ts';
import type { SqlView } from './sql-view.ts';

/** What each `src_…` has: the type of its columns by name. */
export type SourceTypes = ReadonlyMap<string, ReadonlyMap<string, string>>;

const RUN_PARAMS: ReadonlyMap<string, string> = new Map([
  ['dt', 'date'],
  ['lo_utc', 'timestamp'],
  ['hi_utc', 'timestamp'],
]);

/** The sources of all tables, and run_params. */
export function sourceTypes(tables: readonly LakeTable[]): SourceTypes {
  const sources = tables.flatMap(({ contract: { source } }) => source ?? []);
  return new Map([
    ['run_params', RUN_PARAMS],
    ...sources.map(
      ({ table, columns }) =>
        [`src_${table}`, new Map(columns.map(({ name, type }) => [name, type] as const))] as const,
    ),
  ]);
}

/**
 * Gives the types that the column named by the token at an index may have; none for what is no column of a source.
 * `o.code` is what the source called `o` has. Where nothing says whose a name is, since it stands alone or behind the
 * name of a subquery, it may be that of any source the statement reads.
 */
export function columnTypes(view: SqlView, sources: SourceTypes): (index: number) => readonly string[] {
  const named = namedSources(view, sources);
  const all = [...new Set([...named.values()].flat())];
  return (index) => {
    const { kind, word } = view.tokens[index] ?? { kind: 'unknown', word: '' };
    if (kind !== 'word' || view.tokens[index + 1]?.text === '.') return [];
    const isQualified = view.tokens[index - 1]?.text === '.';
    const owner = isQualified ? (view.tokens[index - 2]?.word ?? '') : '';
    const typesIn = (these: readonly string[]): string[] =>
      these.flatMap((source) => sources.get(source)?.get(word) ?? []);
    const own = typesIn(named.get(owner) ?? []);
    return own.length > 0 ? own : typesIn(all);
  };
}

/** By each name that the statement gives to a source, or the source's own, what it may stand for: `FROM src_orders o`. */
function namedSources({ tokens }: SqlView, sources: SourceTypes): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, string[]>();
  tokens.forEach(({ word: source }, index) => {
    if (!sources.has(source) || tokens[index + 1]?.text === '.') return;
    const at = tokens[index + 1]?.word === 'as' ? index + 2 : index + 1;
    const alias = tokens[at]?.kind === 'word' ? (tokens[at]?.word ?? source) : source;
    for (const name of new Set([alias, source])) named.set(name, [...(named.get(name) ?? []), source]);
  });
  return named;
}

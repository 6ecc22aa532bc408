import { compareSource, type FoundColumn, looserNulls } from '../lake/compare-source.ts';
import type { LakeContract, LakeTable } from '../lake/contract.ts';
import type { CatalogTable } from '../platform/catalog.ts';
import type { Crawler } from '../platform/crawlers.ts';
import { NOT_NULL } from '../platform/crawlers.ts';

/** How what a crawler found differs from what the contracts read, as sentences. */
export interface CrawledDrift {
  /** What keeps days from being loaded, or breaks what a contract promises. */
  readonly broken: readonly string[];
  /** Columns that no contract reads. */
  readonly extra: readonly string[];
  /** What to do about it; empty when nothing is broken. */
  readonly nextSteps: readonly string[];
}

/** Compares the tables that a crawler found with the sources of the contracts: names, types and, where known, NULLs. */
export function crawledDrift(
  input: { readonly kind: Crawler['kind']; readonly found: readonly CatalogTable[] },
  tables: readonly LakeTable[],
): CrawledDrift {
  const { kind, found } = input;
  const compared = tables.flatMap(({ contract }) => {
    if (contract.source === undefined || found.length === 0) return [];
    const name = contract.source.table;
    // A crawler names a table by its database, schema and name: `stg_core_orders`.
    const table = found.find((one) => one.name === name || one.name.endsWith(`_${name}`));
    return kind === 'files' ? [compareFiles(contract, table)] : [compareTable(contract, table)];
  });
  const broken = compared.flatMap((one) => one.broken);
  const nextSteps = broken.length === 0 ? [] : kind === 'files' ? FILES_STEPS : DATABASE_STEPS;
  return { broken, extra: compared.flatMap((one) => one.extra), nextSteps };
}

const DATABASE_STEPS = [
  'dp db migrate  (when the database is behind)',
  'Correct source.columns of src/lake/TABLE/contract.json, when the database is right.',
];
const FILES_STEPS = ['dp etl run --date DAY  (lands files of what the contracts read today)'];

function compareTable(
  contract: LakeContract,
  table: CatalogTable | undefined,
): Omit<CrawledDrift, 'nextSteps'> {
  if (contract.source === undefined) return { broken: [], extra: [] };
  const notNull = table?.parameters[NOT_NULL]?.split(',');
  const types = new Map(contract.source.columns.map(({ name, type }) => [name, type]));
  const found = table?.columns.map(({ name, type }): FoundColumn => {
    const nullable = notNull === undefined ? undefined : !notNull.includes(name);
    return { name, type: typeAs(types.get(name), wordsOf(type)), said: type, nullable };
  });
  const { broken, extra } = compareSource(contract.source, found);
  return { broken: [...broken, ...looserNulls(contract, found ?? [])], extra };
}

/** A crawler's words for hive's types: `varchar(16)` is a string to everybody who reads it. */
function wordsOf(type: string): string {
  const word = type.toLowerCase().replaceAll(' ', '');
  if (/^(var)?char\(\d+\)$/.test(word)) return 'string';
  if (word === 'integer') return 'int';
  return word.replace(/^numeric\(/, 'decimal(');
}

/** Glue's driver reads TINYINT(1) as a boolean; nothing else of the two is alike. */
function typeAs(wanted: string | undefined, found: string): string {
  return wanted === 'tinyint' && found === 'boolean' ? wanted : found;
}

/** Landed files have no names in them: only how many fields a line has can be compared. */
function compareFiles(
  { source }: LakeContract,
  table: CatalogTable | undefined,
): Omit<CrawledDrift, 'nextSteps'> {
  const [found, wanted] = [table?.columns.length, source?.columns.length];
  if (found === undefined || found === wanted) return { broken: [], extra: [] };
  const what = `The landed files of ${source?.table} have ${found} fields a line, and the contract reads ${wanted}.`;
  return { broken: [what], extra: [] };
}

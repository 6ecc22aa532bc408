import type { LakeColumn, LakeContract, LakeSource, LakeTable } from '../lake/contract.ts';
import { matchBrackets, type SqlToken, tokensOf } from '../lake/tokens.ts';
import { assert } from '../std/assert.ts';
import type { DayWindow } from './business-day.ts';
import { mysqlChecksum } from './checksum.ts';

/** What BIGINT UNSIGNED is in the lake. */
const UNSIGNED = 'decimal(20,0)';

/** Where a landed file's fields and lines end, and how what would break them is written (see docs/etl.md). */
export const FIELD_END = '|';
export const NULL_TEXT = '~N';
/** In the order in which they are written; read them back in the opposite order. */
export const ESCAPES: readonly { readonly hex: string; readonly code: number; readonly text: string }[] = [
  { hex: '7E', code: 0x7e, text: '~0' },
  { hex: '0A', code: 0x0a, text: '~1' },
  { hex: '0D', code: 0x0d, text: '~2' },
  { hex: '7C', code: 0x7c, text: '~3' },
  { hex: '00', code: 0x00, text: '~4' },
];

/**
 * The collation under which two texts are equal when their characters are, as they are to DuckDB and Spark: MySQL's
 * name for it, or MariaDB's. A server that has neither disregards blanks at the end.
 */
const EXACT_COLLATION =
  "(SELECT collation_name FROM information_schema.collations WHERE collation_name IN ('utf8mb4_0900_bin', 'utf8mb4_nopad_bin', 'utf8mb4_bin') ORDER BY collation_name = 'utf8mb4_bin' LIMIT 1)";

/** What every session that reads the source says first: the texts below mean the same under it everywhere. */
export const SOURCE_SESSION = [
  'SET NAMES utf8mb4',
  `SET SESSION collation_connection = ${EXACT_COLLATION}`,
  "SET SESSION sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,NO_UNSIGNED_SUBTRACTION'",
  "SET SESSION time_zone = '+00:00'",
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
] as const;

/** One read view for everything that follows on this connection. */
export const START_SNAPSHOT = 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY';

/** Statements over one day, or over all days when a window is absent. */
export interface SourceScope {
  readonly day: string;
  readonly window: DayWindow;
}

/**
 * MySQL's SELECT of one column: each row of the source as a line of the landed file without its end, made by
 * the server, so that nothing between the server and the file can change a value. IFNULL, which MariaDB drops
 * for columns that are never NULL; COALESCE doubles the time.
 */
export function extractSql(source: LakeSource, scope: SourceScope): string {
  const fields = source.columns.map(({ name, type }) => {
    const column = `s.${name}`;
    return `IFNULL(${type === 'string' ? withEscapes(column) : column}, '${NULL_TEXT}')`;
  });
  const line = `CONCAT_WS('${FIELD_END}', ${fields.join(', ')})`;
  return `SELECT ${line} FROM ${rowsOf(source, scope)}`;
}

/** MySQL's own word on what a table must hold for a day: rows, checksum, and the sums in the contract's order. */
export function measureSql(table: LakeTable, sources: readonly LakeSource[], scope: SourceScope): string {
  const { contract, transform } = table;
  const named = new Set(tokensOf(transform).map((token) => token.word));
  const views = sources
    .filter((source) => named.has(`src_${source.table}`))
    .map(
      (source) => `src_${source.table} AS (SELECT ${sourceColumns(source)} FROM ${rowsOf(source, scope)})`,
    );
  const values = [
    'COUNT(*)',
    mysqlChecksum(contract.columns),
    ...contract.sums.map((name) => `COALESCE(SUM(${name}), 0)`),
  ];
  const { definitions, final } = flattened(transform);
  const tables = [runParams(scope), ...views, ...definitions, `measured AS (${final})`];
  return `WITH ${tables.join(', ')} SELECT ${values.join(', ')} FROM measured`;
}

/**
 * Counts and sums a source table's rows per Japanese day, over all days of a range at once: one pass that
 * finds days worth a closer look. Gives `day, rows`.
 */
export function countsPerDaySql(source: LakeSource, scope: SourceScope): string {
  assert(source.window !== undefined, `${source.table} has no days`);
  const at = `${source.window.of === undefined ? 's' : 'w'}.${source.window.column}`;
  return `SELECT CAST(DATE(${at} + INTERVAL 9 HOUR) AS CHAR), COUNT(*) FROM ${rowsOf(source, scope)} GROUP BY 1`;
}

/** The column of the contract as a measured sum's text is written: whole numbers, or the decimal's scale. */
export function sumScale(column: LakeColumn | undefined): number {
  return Number(/^decimal\(\d+,(\d+)\)$/.exec(column?.type ?? '')?.[1] ?? 0);
}

/**
 * The transform's own WITH beside the sources', in one list: MariaDB does not show an outer WITH to one inside
 * a derived table.
 */
function flattened(transform: string): { readonly definitions: string[]; readonly final: string } {
  const sql = mysqlText(transform);
  const tokens = tokensOf(sql);
  if (tokens[0]?.word !== 'with') return { definitions: [], final: sql };
  let depth = 0;
  for (const token of tokens) {
    depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    if (depth > 0 || token.word !== 'select') continue;
    return { definitions: [sql.slice('with'.length, token.at)], final: sql.slice(token.at) };
  }
  return { definitions: [], final: sql };
}

/** The `src_…` names a transform reads. */
export function sourcesRead(contract: LakeContract, transform: string): string[] {
  const words = new Set(tokensOf(transform).map((token) => token.word));
  return [...words]
    .filter((word) => word.startsWith('src_') && word !== contract.table)
    .map((word) => word.slice(4));
}

/**
 * The tables whose rows of a day the database can still tell later: those made from rows that have a day. What was
 * made with a snapshot, of customers as they were, cannot be compared with customers as they are.
 */
export function comparableTables(tables: readonly LakeTable[]): LakeTable[] {
  const dayless = new Set(
    tables.flatMap(({ contract: { source } }) =>
      source === undefined || source.window !== undefined ? [] : [source.table],
    ),
  );
  return tables.filter(
    ({ contract, transform }) =>
      contract.load === 'day' && !sourcesRead(contract, transform).some((source) => dayless.has(source)),
  );
}

function withEscapes(column: string): string {
  return ESCAPES.reduce((text, one) => `REPLACE(${text}, _utf8mb4 x'${one.hex}', '${one.text}')`, column);
}

/**
 * The columns as the transform must see them: texts that are equal only when their characters are, whatever the
 * column's own collation, and the largest unsigned numbers without MySQL's own limits of reckoning.
 */
function sourceColumns(source: LakeSource): string {
  return source.columns
    .map(({ name, type }) => {
      if (type === 'string') return `CAST(s.${name} AS CHAR) AS ${name}`;
      return type === UNSIGNED ? `CAST(s.${name} AS DECIMAL(20,0)) AS ${name}` : `s.${name}`;
    })
    .join(', ');
}

function rowsOf(source: LakeSource, { window }: SourceScope): string {
  if (source.window === undefined) return `${source.table} s`;
  const { column, of, join } = source.window;
  const inside = (name: string): string =>
    `${name}.${column} >= '${window.fromUtc}' AND ${name}.${column} < '${window.toUtc}'`;
  if (of === undefined || join === undefined) return `${source.table} s WHERE ${inside('s')}`;
  return `${source.table} s JOIN ${of} w ON w.${join.references} = s.${join.column} WHERE ${inside('w')}`;
}

function runParams({ day, window }: SourceScope): string {
  const { fromUtc, toUtc } = window;
  return `run_params AS (SELECT CAST('${day}' AS DATE) AS dt, CAST('${fromUtc}' AS DATETIME(6)) AS lo_utc, CAST('${toUtc}' AS DATETIME(6)) AS hi_utc)`;
}

const MYSQL_TYPES: Readonly<Record<string, string>> = {
  bigint: 'SIGNED',
  int: 'SIGNED',
  smallint: 'SIGNED',
  tinyint: 'SIGNED',
  boolean: 'SIGNED',
  string: 'CHAR',
  timestamp: 'DATETIME(6)',
};

/**
 * The portable transform in MySQL's words. Within the linted subset only three things differ: the names of the types
 * in CAST, truth, which is a number to MySQL, and NULLS FIRST/LAST, which the lint lets stand only where they are
 * MySQL's order anyway.
 */
export function mysqlText(transform: string): string {
  const tokens = tokensOf(transform);
  const partner = matchBrackets(tokens);
  const typeAt = new Set<number>();
  const truths = new Map<number, string>();
  tokens.forEach((token, index) => {
    if (token.word !== 'cast' || tokens[index + 1]?.text !== '(') return;
    const close = partner[index + 1] ?? -1;
    const as = lastAs(tokens, index + 1, close);
    if (as > 0) typeAt.add(as + 1);
    if (as > 0 && tokens[as + 1]?.word === 'boolean') truths.set(index + 1, '((').set(as, ') <> 0 AS ');
  });
  const words = tokens.map((token, index) => {
    if (typeAt.has(index)) return MYSQL_TYPES[token.word] ?? token.text;
    const truth = truths.get(index);
    if (truth !== undefined) return truth;
    const next = tokens[index + 1]?.word;
    if (token.word === 'nulls' && (next === 'first' || next === 'last')) return '';
    if (tokens[index - 1]?.word === 'nulls') return '';
    // MySQL takes `COUNT (` for a column unless the bracket follows at once.
    return next === '(' && token.kind === 'word' ? token.text : `${token.text} `;
  });
  return words.join('').trim();
}

function lastAs(tokens: readonly SqlToken[], open: number, close: number): number {
  for (let index = close - 1; index > open; index--) if (tokens[index]?.word === 'as') return index;
  return -1;
}

import { contractInvalid } from './errors.ts';

/** A column of a lake table. Types are hive's words, as the catalog keeps them. */
export interface LakeColumn {
  readonly name: string;
  /** `bigint`, `int`, `decimal(14,2)`, `timestamp`, `date`, `string`, `boolean`. */
  readonly type: string;
  readonly nullable: boolean;
  readonly comment?: string;
}

export interface SourceColumn {
  readonly name: string;
  /** What `src_<table>` gives the transform; the database's column must be of the same kind. */
  readonly type: string;
}

/** Which rows of the source belong to a day: those whose `column` lies in the day's half-open UTC window. */
export interface SourceWindow {
  readonly column: string;
  /** The table `column` is in, when it is not the source table itself. */
  readonly of?: string;
  /** How the source table finds that row: `source.column = of.references`. */
  readonly join?: { readonly column: string; readonly references: string };
}

export interface LakeSource {
  readonly table: string;
  readonly columns: readonly SourceColumn[];
  /** Absent for snapshots: every row, every day. */
  readonly window?: SourceWindow;
}

export interface LakeCheckHead {
  readonly name: string;
  /** `error` keeps the day from being published; `warn` is reported. */
  readonly severity: 'error' | 'warn';
  /** What holds when the check passes, in words. */
  readonly says: string;
}

/** What one table of the lake is: the same file for DuckDB, for Spark and for the catalog. */
export interface LakeContract {
  readonly table: string;
  readonly description: string;
  readonly format: 'parquet' | 'csv';
  /** `day`: the rows of that day, recomputed whole. `snapshot`: every row as of the load, never compared later. */
  readonly load: 'day' | 'snapshot';
  readonly partitionKey: { readonly name: string; readonly type: string; readonly comment?: string };
  /** Columns that together are unique within a partition. */
  readonly keys: readonly string[];
  readonly columns: readonly LakeColumn[];
  /** Numeric columns whose totals the database and the lake must agree on. */
  readonly sums: readonly string[];
  /** Absent for tables made only from other tables' sources. */
  readonly source?: LakeSource;
  readonly checks: readonly LakeCheckHead[];
}

export interface LakeCheck extends LakeCheckHead {
  /** A query that returns the rows that break the rule. */
  readonly sql: string;
}

/** A table with its SQL. */
export interface LakeTable {
  readonly contract: LakeContract;
  /** The portable SELECT that makes the table's rows from `src_…` and `run_params`. */
  readonly transform: string;
  readonly checks: readonly LakeCheck[];
}

const NAME = /^[a-z][a-z0-9_]{0,62}$/;
const LAKE_TYPE =
  /^(bigint|int|smallint|tinyint|boolean|string|date|timestamp|decimal\((\d{1,2}),(\d{1,2})\))$/;

/** Reads a contract's JSON. `where` names the file in the error. Throws a Failure that says what is wrong. */
export function parseContract(text: string, where: string): LakeContract {
  const fail = (what: string): never => {
    throw contractInvalid(where, what);
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
  const contract = json as LakeContract;
  for (const wrong of problemsOf(contract)) fail(wrong);
  return contract;
}

function problemsOf(contract: LakeContract): string[] {
  if (typeof contract !== 'object' || contract === null) return ['it is not an object'];
  const problems: string[] = [];
  const must = (holds: boolean, what: string): void => {
    if (!holds) problems.push(what);
  };
  must(NAME.test(contract.table ?? ''), '`table` must be a lower-case name');
  must(typeof contract.description === 'string', '`description` is missing');
  must(contract.format === 'parquet' || contract.format === 'csv', '`format` must be parquet or csv');
  must(contract.load === 'day' || contract.load === 'snapshot', '`load` must be day or snapshot');
  must(NAME.test(contract.partitionKey?.name ?? ''), '`partitionKey.name` must be a lower-case name');
  for (const list of ['columns', 'keys', 'sums', 'checks'] as const) {
    must(Array.isArray(contract[list]), `\`${list}\` must be a list`);
  }
  if (problems.length > 0) return problems;
  return [...columnProblems(contract), ...sourceProblems(contract)];
}

function columnProblems(contract: LakeContract): string[] {
  const names = contract.columns.map((column) => column.name);
  const numeric = (name: string): boolean =>
    contract.columns.some(
      (column) => column.name === name && /^(bigint|int|smallint|tinyint|decimal)/.test(column.type),
    );
  return [
    ...(names.length < 2 ? ['a table needs two columns or more'] : []),
    ...(new Set(names).size < names.length ? ['two columns share a name'] : []),
    ...names.filter((name) => !NAME.test(name)).map((name) => `column \`${name}\` is not a lower-case name`),
    ...(names.includes(contract.partitionKey.name) ? ['the partition key is also a column'] : []),
    ...contract.columns
      .filter((column) => !typeHolds(column.type))
      .map((column) => `column \`${column.name}\` has no known type: ${column.type}`),
    ...contract.columns
      .filter((column) => typeof column.nullable !== 'boolean')
      .map((column) => `column \`${column.name}\` does not say whether it is nullable`),
    ...contract.keys.filter((key) => !names.includes(key)).map((key) => `key \`${key}\` is not a column`),
    ...contract.sums
      .filter((name) => !numeric(name))
      .map((name) => `\`sums\` names \`${name}\`, which is not a numeric column`),
    ...contract.checks
      .filter(
        ({ name, severity, says }) =>
          !NAME.test(name) || !['error', 'warn'].includes(severity) || typeof says !== 'string',
      )
      .map((check) => `check \`${check.name}\` needs a lower-case name, a severity and words for \`says\``),
  ];
}

function typeHolds(type: string): boolean {
  const match = LAKE_TYPE.exec(type);
  if (match === null) return false;
  const [precision, scale] = [Number(match[2] ?? 1), Number(match[3] ?? 0)];
  return precision >= 1 && precision <= 38 && scale <= precision;
}

function sourceProblems({ source, load }: LakeContract): string[] {
  if (source === undefined) return [];
  const { window } = source;
  return [
    ...(NAME.test(source.table ?? '') ? [] : ['`source.table` must be a lower-case name']),
    ...(Array.isArray(source.columns) ? [] : ['`source.columns` must be a list']),
    ...(source.columns ?? [])
      .filter((column) => !NAME.test(column.name) || !typeHolds(column.type))
      .map((column) => `source column \`${column.name}\` needs a name and a known type`),
    ...((load === 'day') === (window !== undefined)
      ? []
      : ['`source.window` belongs to `load: day`, and only there']),
    ...(window === undefined || (window.of === undefined) === (window.join === undefined)
      ? []
      : ['`source.window.of` and `.join` belong together']),
    ...windowNames(window)
      .filter((name) => !NAME.test(name))
      .map((name) => `\`source.window\` names \`${name}\`, which is no lower-case name`),
  ];
}

function windowNames(window: SourceWindow | undefined): string[] {
  if (window === undefined) return [];
  const { column, of, join } = window;
  return [
    column ?? '',
    ...(of === undefined ? [] : [of]),
    ...(join === undefined ? [] : [join.column, join.references]),
  ];
}

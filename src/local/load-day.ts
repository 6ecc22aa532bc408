import type { DuckDBConnection } from '@duckdb/node-api';
import type { ManifestFile, Measure } from '../etl/manifest.ts';
import { measureSql, sourcesRead } from '../etl/source-sql.ts';
import type { LakeSource, LakeTable } from '../lake/contract.ts';
import type { CheckResult, EngineEvent, LoadDayRequest, LoadedDay, LoadedTable } from '../platform/engine.ts';
import { assert } from '../std/assert.ts';
import { Failure, messageOf } from '../std/failure.ts';
import { checkTable } from './check-tables.ts';
import { extractSource, type Landed, sourceFailure } from './extract-source.ts';
import { diskFull, engineFailed, landedFileDamaged } from './lake-errors.ts';
import type { SourceSession } from './source-session.ts';
import { measureOf, measureTable, showLanded, showRunParams, writeTable } from './stage-table.ts';

export interface LoadDayDeps {
  readonly connectSource: (signal?: AbortSignal) => Promise<SourceSession>;
  readonly withDuckDB: <T>(work: (connection: DuckDBConnection) => Promise<T>) => Promise<T>;
  readonly folder: string;
  readonly notify: (event: EngineEvent) => void;
}

interface Written {
  readonly prefix: string;
  readonly files: readonly ManifestFile[];
  readonly lake: Measure;
  readonly checks: readonly CheckResult[];
}

/**
 * One day from one snapshot. Two lanes run beside each other: the database's (extract, then measure what the
 * lake must hold) and DuckDB's (transform what has landed, read it again, check).
 */
export async function loadDay(request: LoadDayRequest, deps: LoadDayDeps): Promise<LoadedDay> {
  const stop = new AbortController();
  const signal = request.signal === undefined ? stop.signal : AbortSignal.any([request.signal, stop.signal]);
  await using session = await deps.connectSource(signal);
  const snapshotAt = (await session.query('SELECT UTC_TIMESTAMP(6)'))[0]?.[0] ?? '';
  const sources = request.tables
    .map((table) => table.contract.source)
    .filter((source) => source !== undefined);
  const landed = new Map(sources.map((source) => [source.table, Promise.withResolvers<Landed>()]));
  for (const { promise } of landed.values()) promise.catch(() => {});
  // The first lane to fail stops the other; its own error is the one to tell.
  let first: unknown;
  const guard = <T>(lane: Promise<T>): Promise<T> =>
    lane.catch((error) => {
      first ??= error;
      stop.abort(error);
      for (const { reject } of landed.values()) reject(error);
      throw error;
    });
  const lanes = await Promise.allSettled([
    guard(databaseLane({ request, sources, landed }, { session, deps })),
    guard(
      deps.withDuckDB((connection) => duckdbLane({ request, sources, landed, signal }, { connection, deps })),
    ),
  ]);
  request.signal?.throwIfAborted();
  const [measures, written] = lanes;
  if (measures.status === 'rejected' || written.status === 'rejected') throw first;
  return {
    snapshotAt,
    tables: request.tables.map((table) => together(table, measures.value, written.value)),
  };
}

type Landings = ReadonlyMap<string, PromiseWithResolvers<Landed>>;

async function databaseLane(
  input: {
    readonly request: LoadDayRequest;
    readonly sources: readonly LakeSource[];
    readonly landed: Landings;
  },
  { session, deps }: { readonly session: SourceSession; readonly deps: LoadDayDeps },
): Promise<Map<string, Measure>> {
  const { request, sources, landed } = input;
  for (const source of sources) {
    const file = await extractSource(source, { session, request, folder: deps.folder });
    landed.get(source.table)?.resolve(file);
    deps.notify({ step: 'extracted', table: source.table, rows: file.rows });
  }
  const measures = new Map<string, Measure>();
  for (const table of request.tables) {
    const { contract } = table;
    const sql = measureSql(table, sources, { day: request.date, window: request.window });
    const rows = await session
      .query(sql)
      .catch((error) => Promise.reject(sourceFailure(error, contract.table)));
    const measure = measureOf(contract, (rows[0] ?? []).map(String));
    measures.set(contract.table, measure);
    deps.notify({ step: 'measured', table: contract.table, rows: measure.rows });
  }
  return measures;
}

async function duckdbLane(
  input: Pick<Lane, 'request' | 'sources' | 'landed' | 'signal'>,
  { connection, deps }: { readonly connection: DuckDBConnection; readonly deps: LoadDayDeps },
): Promise<Map<string, Written>> {
  const { request, signal } = input;
  const interrupt = (): void => connection.interrupt();
  signal.addEventListener('abort', interrupt);
  const lane = { ...input, connection, deps };
  // What the lane does just now, for the failure's words.
  const at = { doing: 'prepare the day' };
  try {
    await showRunParams(connection, request);
    const written = await writeTables(lane, at);
    const checks = await checkTables(lane, { at, written });
    // The checksums come last: they cost the most, and the database is busy with its own meanwhile.
    const measures = new Map<string, Measure>();
    for (const table of request.tables) {
      at.doing = `read ${table.contract.table} again`;
      measures.set(table.contract.table, await measureTable(connection, table));
    }
    return new Map(
      request.tables.map(({ contract: { table } }) => {
        const [files, lake] = [written.get(table), measures.get(table)];
        assert(files !== undefined && lake !== undefined, `${table} was written`);
        return [table, { ...files, lake, checks: checks.get(table) ?? [] }];
      }),
    );
  } catch (error) {
    signal.throwIfAborted();
    throw duckdbFailure(error, at.doing);
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

interface Lane {
  readonly request: LoadDayRequest;
  readonly sources: readonly LakeSource[];
  readonly landed: Landings;
  readonly signal: AbortSignal;
  readonly connection: DuckDBConnection;
  readonly deps: LoadDayDeps;
}

async function writeTables(
  lane: Lane,
  at: { doing: string },
): Promise<Map<string, Pick<Written, 'prefix' | 'files'>>> {
  const { request, connection, deps } = lane;
  const written = new Map<string, Pick<Written, 'prefix' | 'files'>>();
  const shown = new Set<string>();
  for (const table of request.tables) {
    const { contract } = table;
    at.doing = `read what has landed for ${contract.table}`;
    await showSources(table, { ...lane, shown });
    lane.signal.throwIfAborted();
    at.doing = `transform ${contract.table}`;
    const files = await writeTable(table, { connection, request, folder: deps.folder });
    written.set(contract.table, files);
    deps.notify({ step: 'written', table: contract.table, rows: rowsOf(files.files) });
  }
  return written;
}

async function checkTables(
  lane: Lane,
  {
    at,
    written,
  }: { readonly at: { doing: string }; readonly written: ReadonlyMap<string, Pick<Written, 'files'>> },
): Promise<Map<string, CheckResult[]>> {
  const checks = new Map<string, CheckResult[]>();
  for (const table of lane.request.tables) {
    at.doing = `check ${table.contract.table}`;
    checks.set(table.contract.table, await checkTable(lane.connection, table));
    lane.signal.throwIfAborted();
    lane.deps.notify({
      step: 'checked',
      table: table.contract.table,
      rows: rowsOf(written.get(table.contract.table)?.files ?? []),
    });
  }
  return checks;
}

function rowsOf(files: readonly ManifestFile[]): number {
  return files.reduce((sum, file) => sum + file.rows, 0);
}

async function showSources(table: LakeTable, input: Lane & { readonly shown: Set<string> }): Promise<void> {
  for (const name of sourcesRead(table.contract, table.transform)) {
    const source = input.sources.find((candidate) => candidate.table === name);
    const landing = input.landed.get(name);
    if (source === undefined || landing === undefined || input.shown.has(name)) continue;
    await showLanded(input.connection, source, await landing.promise);
    input.shown.add(name);
  }
}

function duckdbFailure(error: unknown, doing: string): unknown {
  if (error instanceof Failure) return error;
  const code = String((error as { code?: unknown }).code ?? '');
  const full = /No space left|File too large|ENOSPC|EFBIG|EDQUOT|failed to (write|offload)|Could not write/i;
  if (full.test(`${code} ${messageOf(error)}`)) return diskFull(`the files while trying to ${doing}`, error);
  // The engine's own words would quote the rows: an error message is no place for customers' texts.
  const line = /CSV Error on Line: (\d+)/.exec(messageOf(error))?.[1];
  if (line !== undefined)
    return landedFileDamaged(`what has landed (to ${doing})`, `line ${line} cannot be read`);
  return engineFailed(doing, error);
}

function together(
  { contract }: LakeTable,
  measures: ReadonlyMap<string, Measure>,
  written: ReadonlyMap<string, Written>,
): LoadedTable {
  const [source, files] = [measures.get(contract.table), written.get(contract.table)];
  assert(source !== undefined && files !== undefined, `${contract.table} was loaded`);
  return { table: contract.table, source, ...files };
}

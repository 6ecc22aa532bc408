import { existsSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Measure } from '../etl/manifest.ts';
import { comparableTables, measureSql } from '../etl/source-sql.ts';
import type { LakeSource, LakeTable } from '../lake/contract.ts';
import type { MeasuredDay, MeasureRequest, SourceDrift } from '../platform/engine.ts';
import { assert } from '../std/assert.ts';
import { connectDuckDB, openDuckDB } from './duckdb.ts';
import type { EngineWork, LocalEngineInput } from './engine.ts';
import { sourceFailure } from './extract-source.ts';
import { lakePath } from './lake.ts';
import { loadDay } from './load-day.ts';
import { ownerIsGone, thisOwner } from './run-owner.ts';
import { findSourceDrift } from './source-drift.ts';
import { openSourceSession, type SourceSession } from './source-session.ts';
import { measureOf, measureTable, showTable } from './stage-table.ts';

/**
 * What DuckDB's buffers may use for one day. With Node, the driver and what DuckDB keeps beside its buffers a
 * run stays below 400 MB at any size: bench/etl-extract.ts measures it.
 */
const MEMORY_MIB = 128;
/** More threads need more memory each, and the database wants processors too. */
const THREADS_MAX = 4;

/** Everything the local engine does, apart from saying who it is. Loads DuckDB and the database's driver. */
export function openEngineWork(input: LocalEngineInput): EngineWork {
  const connectSource = async (signal?: AbortSignal): Promise<SourceSession> => {
    try {
      return await openSourceSession(await input.database.access('etl_reader'), signal);
    } catch (error) {
      throw sourceFailure(error, 'the database');
    }
  };
  const withDuckDB = <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> =>
    useDuckDB(input, work);
  return {
    async findDrift(tables): Promise<SourceDrift> {
      await using session = await connectSource();
      return await findSourceDrift(sourcesOf(tables), { session });
    },
    loadDay: (request, notify) =>
      loadDay(request, { connectSource, withDuckDB, folder: input.lakeFolder, notify }),
    measureSource: (request) => measureSource(request, connectSource),
    measureLake: (table, prefix) =>
      withDuckDB(async (connection): Promise<Measure> => {
        await showTable(connection, table, lakePath(input.lakeFolder, prefix.replace(/\/$/, '')));
        return measureTable(connection, table);
      }),
  };
}

/** The source tables all contracts read, each once. */
export function sourcesOf(tables: readonly LakeTable[]): LakeSource[] {
  return tables.map((table) => table.contract.source).filter((source) => source !== undefined);
}

async function useDuckDB<T>(
  input: LocalEngineInput,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  dropDeadSpills(input.spillFolder);
  const spillFolder = join(input.spillFolder, `duckdb-${process.pid}-${spills++}`);
  const instance = await openDuckDB({
    memoryMiB: input.memoryMiB ?? MEMORY_MIB,
    threads: Math.min(THREADS_MAX, availableParallelism()),
    spillFolder,
  });
  try {
    const connection = await connectDuckDB(instance);
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
    rmSync(spillFolder, { recursive: true, force: true });
  }
}

/** Numbers the spill folders of this process: days that run at once must not share one. */
let spills = 0;

/** A process that was killed could not remove what it had spilled. */
function dropDeadSpills(folder: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const pid = Number(/^duckdb-(\d+)-\d+$/.exec(name)?.[1] ?? 0);
    if (pid > 0 && pid !== process.pid && ownerIsGone({ ...thisOwner(), pid, processStart: '' }) === true) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
}

async function measureSource(
  { tables, days, signal }: MeasureRequest,
  connectSource: (signal?: AbortSignal) => Promise<SourceSession>,
): Promise<MeasuredDay[]> {
  await using session = await connectSource(signal);
  const measured: MeasuredDay[] = [];
  const sources = sourcesOf(tables);
  for (const { date, window } of days) {
    const measures: Record<string, Measure> = {};
    for (const table of comparableTables(tables)) {
      const rows = await session
        .query(measureSql(table, sources, { day: date, window }))
        .catch((error) => Promise.reject(sourceFailure(error, table.contract.table)));
      assert(rows[0] !== undefined, 'an aggregate gives one row');
      measures[table.contract.table] = measureOf(table.contract, rows[0].map(String));
    }
    measured.push({ date, measures });
  }
  return measured;
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseIoPlan } from '../athena/io-plan.ts';
import { statementKind } from '../athena/statement.ts';
import type { ParquetFiles } from '../platform/parquet.ts';
import type { QueryPlan, QueryRequest, QueryResult, QueryStats, Warehouse } from '../platform/warehouse.ts';
import { type AthenaSettings, chosenBy, runToEnd } from './athena-execution.ts';
import { openResult, statsOf } from './athena-result.ts';
import { unloadResult } from './unload.ts';

export interface AwsWarehouseInput extends AthenaSettings {
  /** Reads and makes Parquet files on this machine; loaded when it is needed. */
  readonly parquet: () => Promise<ParquetFiles>;
}

/** SQL over the lake on Athena. */
export function openAwsWarehouse(input: AwsWarehouseInput): Warehouse {
  const refused = new Set<string>();
  const run = async (request: QueryRequest): Promise<QueryResult> => {
    const chosen = chosenBy(request, input);
    if (request.fetch === 'unload') return runUnload(request, chosen);
    warmUp(input);
    const execution = await runToEnd(request, chosen);
    return openResult({ execution, fetch: request.fetch ?? 'auto', signal: request.signal, refused }, chosen);
  };
  return {
    run,
    writeParquet: (request, path) =>
      request.fetch === 'unload'
        ? writeUnloaded(request, { path, input: chosenBy(request, input) })
        : writeCsv(request, { path, input, run }),
    plan: (request) => planQuery(request, run),
  };
}

/** Loads what reading the file will need while Athena is at work. */
function warmUp({ clients }: AwsWarehouseInput): void {
  void clients.s3().catch(() => undefined);
}

async function runUnload(request: QueryRequest, input: AwsWarehouseInput): Promise<QueryResult> {
  const files = await unloadResult(request, input);
  const { columns, batches } = await (await input.parquet()).read(files.paths);
  const counted = { rows: 0, path: 'unload' };
  return {
    columns,
    async *batches() {
      try {
        for await (const batch of batches()) {
          counted.rows += batch.length;
          yield batch;
        }
      } finally {
        await files[Symbol.asyncDispose]();
      }
    },
    stats: () => statsOf(files.execution, counted, input),
  };
}

interface ParquetTarget {
  readonly path: string;
  readonly input: AwsWarehouseInput;
}

async function writeUnloaded(request: QueryRequest, { path, input }: ParquetTarget): Promise<QueryStats> {
  await using files = await unloadResult(request, input);
  const rows = await (await input.parquet()).join(files.paths, path);
  return statsOf(files.execution, { rows, path: 'unload' }, input);
}

async function writeCsv(
  request: QueryRequest,
  { path, input, run }: ParquetTarget & { readonly run: Warehouse['run'] },
): Promise<QueryStats> {
  const result = await run(request);
  const folder = await mkdtemp(join(tmpdir(), 'dp-result-'));
  try {
    const csv = join(folder, 'result.csv');
    await writeFile(csv, result.csvLines?.() ?? [], { mode: 0o600 });
    await (await input.parquet()).fromCsv(csv, result.columns, path);
    return result.stats();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Asks Athena for its plan: that is free, checks names and types, and names the partitions. */
async function planQuery(request: QueryRequest, run: Warehouse['run']): Promise<QueryPlan> {
  const { effect, isSelect, words } = statementKind(request.sql);
  if (!isSelect && !(effect === 'write' && /^(INSERT|CREATE TABLE|UNLOAD)/.test(words))) return { reads: [] };
  const sql = `EXPLAIN (TYPE IO, FORMAT JSON) ${request.sql.trim().replace(/;+\s*$/, '')}`;
  const result = await run({ ...request, sql, fetch: 'api' });
  const lines: string[] = [];
  for await (const batch of result.batches()) for (const [text] of batch) lines.push(String(text ?? ''));
  const reads = parseIoPlan(lines.join('\n')) ?? [];
  return {
    reads: reads.map(({ schema, table, limits }) => ({
      database: schema,
      table,
      reads:
        Object.keys(limits).length === 0
          ? undefined
          : (keys) => Object.entries(keys).every(([name, value]) => limits[name]?.(value) ?? true),
    })),
  };
}

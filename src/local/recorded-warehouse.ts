import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bindParameters, parameterProblem } from '../athena/parameters.ts';
import type { QueryRecord } from '../platform/query-history.ts';
import type {
  QueryRequest,
  QueryResult,
  QueryStats,
  ResultColumn,
  Value,
  Warehouse,
} from '../platform/warehouse.ts';
import { messageOf } from '../std/failure.ts';
import { type KeptQuery, type LocalQueryHistory, writeRows } from './query-history.ts';
import { parametersRefused } from './query-history-errors.ts';

export interface RecordedWarehouseInput {
  readonly warehouse: Warehouse;
  readonly history: LocalQueryHistory;
  readonly now: () => number;
}

/** Results with more rows than this are not kept. */
const KEPT_ROWS_MAX = 10_000;
/** Nor those with more text than this, in characters. */
const KEPT_CHARACTERS_MAX = 5_000_000;

/** The warehouse, with every query that a person ran written to the history. */
export function recordQueries({ warehouse, history, now }: RecordedWarehouseInput): Warehouse {
  return {
    ...warehouse,
    async run(asked) {
      const request = bound(asked);
      const begun = beginRecord(request, now);
      const result = await orKeepFailure(warehouse.run(request), begun, history);
      return recordResult(result, begun, history);
    },
    async writeParquet(asked, path) {
      const request = bound(asked);
      const begun = beginRecord(request, now);
      const written = await orKeepFailure(warehouse.writeParquet(request, path), begun, history);
      const stats = { ...written, queryId: begun.queryId };
      const record = begun.ended('succeeded', { stats });
      await keepQuietly({ record, columns: [], stats, hasRows: false }, history);
      return stats;
    },
  };
}

/** The request with its parameters in the text, as Athena would put them in. */
function bound(request: QueryRequest): QueryRequest {
  const { parameters = [], ...rest } = request;
  const problem = parameters.length === 0 ? undefined : parameterProblem(request.sql, parameters);
  if (problem !== undefined) throw parametersRefused(problem);
  return { ...rest, sql: bindParameters(request.sql, parameters) };
}

interface Begun {
  readonly queryId: string;
  ended(
    state: QueryRecord['state'],
    how: { readonly stats?: QueryStats; readonly reason?: string },
  ): QueryRecord;
}

function beginRecord({ sql, database }: QueryRequest, now: () => number): Begun {
  const submittedMs = now();
  const queryId = randomUUID();
  return {
    queryId,
    ended: (state, { stats, reason }) => ({
      queryId,
      state,
      sql,
      database,
      submittedMs,
      tookMs: now() - submittedMs,
      scannedBytes: stats?.scannedBytes ?? 0,
      reused: false,
      ...(reason === undefined ? {} : { reason }),
    }),
  };
}

async function orKeepFailure<T>(work: Promise<T>, begun: Begun, history: LocalQueryHistory): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const record = begun.ended('failed', { reason: messageOf(error) });
    await keepQuietly({ record, columns: [], hasRows: false }, history);
    throw error;
  }
}

function recordResult(result: QueryResult, begun: Begun, history: LocalQueryHistory): QueryResult {
  const { columns } = result;
  const stats = (): QueryStats => ({ ...result.stats(), queryId: begun.queryId });
  return {
    columns,
    stats,
    async *batches() {
      const kept = new KeptRows();
      let end: { state: QueryRecord['state']; reason?: string } = {
        state: 'cancelled',
        reason: 'its reader stopped before the last row',
      };
      try {
        for await (const batch of result.batches()) {
          kept.add(batch);
          yield batch;
        }
        end = { state: 'succeeded' };
      } catch (error) {
        end = { state: 'failed', reason: messageOf(error) };
        throw error;
      } finally {
        await keepResult({ columns, kept, history }, stats(), (final) =>
          begun.ended(end.state, { ...end, stats: final }),
        );
      }
    },
  };
}

async function keepResult(
  result: { columns: readonly ResultColumn[]; kept: KeptRows; history: LocalQueryHistory },
  stats: QueryStats,
  recordWith: (stats: QueryStats) => QueryRecord,
): Promise<void> {
  const { columns, kept, history } = result;
  const record = recordWith(stats);
  const rowsPath = history.rowsPath(record.queryId);
  const hasRows = record.state === 'succeeded' && kept.isWhole && (await writeQuietly(rowsPath, kept));
  await keepQuietly({ record, columns, stats, hasRows }, history);
}

/** Rows of a result until there are too many to keep. */
class KeptRows {
  isWhole = true;
  batches: (readonly (readonly Value[])[])[] = [];
  #rows = 0;
  #characters = 0;

  add(batch: readonly (readonly Value[])[]): void {
    if (!this.isWhole) return;
    this.#rows += batch.length;
    this.isWhole = this.#rows <= KEPT_ROWS_MAX && this.#fits(batch);
    if (this.isWhole) this.batches.push(batch);
    else this.batches = [];
  }

  #fits(batch: readonly (readonly Value[])[]): boolean {
    for (const row of batch)
      for (const value of row) if (typeof value === 'string') this.#characters += value.length;
    return this.#characters <= KEPT_CHARACTERS_MAX;
  }
}

async function writeQuietly(path: string, kept: KeptRows): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeRows(
      path,
      (async function* () {
        yield* kept.batches;
      })(),
    );
    return true;
  } catch {
    await rm(path, { force: true });
    return false;
  }
}

/** A history that cannot be written, on a full disk for example, is not worth a query's failure. */
async function keepQuietly(query: KeptQuery, history: LocalQueryHistory): Promise<void> {
  await history.keep(query).catch(() => undefined);
}

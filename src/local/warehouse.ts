import { randomUUID } from 'node:crypto';
import { bindParameters } from '../athena/parameters.ts';
import type { PlannedQuery } from '../athena/plan/plan-query.ts';
import { type Plan, planStatement } from '../athena/plan-statement.ts';
import { type ParsedStatement, readStatement } from '../athena/statement-needs.ts';
import { tableReads } from '../athena/table-reads.ts';
import type { Catalog } from '../platform/catalog.ts';
import type {
  PlannedRead,
  QueryPlan,
  QueryRequest,
  QueryResult,
  QueryStats,
  Value,
  Warehouse,
} from '../platform/warehouse.ts';
import { assert } from '../std/assert.ts';
import { carryOut, type LakeWrites } from './carry-out-change.ts';
import { type DialectEngine, openDialectEngine } from './dialect-engine.ts';
import { literal } from './duckdb.ts';
import { openRows } from './duckdb-rows.ts';
import { borrowConnection } from './engine-connection.ts';
import { exactFractions } from './exact-fractions.ts';
import { type KnownLake, readKnownLake } from './known-tables.ts';
import { onlyQueriesToFile, preparedStatementMissing } from './warehouse-errors.ts';

export interface LocalWarehouseInput {
  readonly catalog: Catalog;
  readonly spillFolder: string;
  readonly now: () => number;
  /** Where statements that change something may write. Without it they are refused. */
  readonly writes?: LakeWrites;
}

interface Room extends LocalWarehouseInput {
  readonly engine: DialectEngine;
}

/** The lake's SQL, Athena's dialect, on DuckDB in this process. */
export function openLocalWarehouse(input: LocalWarehouseInput): Warehouse & AsyncDisposable {
  const engine = openDialectEngine(input);
  const room: Room = { ...input, engine };
  return {
    run: (request) => runStatement(request, room),
    writeParquet: (request, path) => writeParquet(request, path, room),
    plan: (request) => planReads(request, room),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}

interface Prepared {
  readonly plan: Plan;
  readonly lake: KnownLake;
  readonly startedMs: number;
  readonly plannedMs: number;
}

/** Parses and plans a statement against the catalog as it is now. */
async function prepare(request: QueryRequest, room: Room): Promise<Prepared> {
  request.signal?.throwIfAborted();
  const startedMs = room.now();
  const parsed = readStatement(request.sql, request.database);
  const prepared = await preparedFor(parsed, room);
  const sql = prepared?.get(parsed.executes ?? '');
  if (parsed.executes !== undefined && sql === undefined) throw preparedStatementMissing(parsed.executes);
  const needs = sql === undefined ? [parsed] : [parsed, readStatement(sql, request.database)];
  const lake = await readKnownLake(needs, room);
  const plan = planStatement(parsed, {
    catalog: lake.catalog,
    ...(request.parameters === undefined ? {} : { parameters: request.parameters }),
    ...(prepared === undefined ? {} : { prepared }),
  });
  return { plan, lake, startedMs, plannedMs: room.now() };
}

async function preparedFor(
  { executes }: ParsedStatement,
  { writes }: Room,
): Promise<ReadonlyMap<string, string> | undefined> {
  return executes === undefined ? undefined : writes?.prepared.all();
}

async function runStatement(request: QueryRequest, room: Room): Promise<QueryResult> {
  const prepared = await prepare(request, room);
  const { plan } = prepared;
  switch (plan.kind) {
    case 'select':
      return streamQuery({ request, query: plan, prepared }, room);
    case 'rows':
      return shownRows(
        plan.columns,
        plan.rows.map((row) => row.map(cellOf(plan.columns))),
        prepared,
        room,
      );
    case 'explain':
      return explainQuery(plan, prepared, room);
    case 'prepare':
      await writesOf(room).prepared.put(plan.name, plan.sql);
      return shownRows([], [], prepared, room);
    case 'deallocate':
      if (!(await writesOf(room).prepared.delete(plan.name))) throw preparedStatementMissing(plan.name);
      return shownRows([], [], prepared, room);
    default: {
      const { signal } = request;
      const how = { writes: writesOf(room), engine: room.engine, lake: prepared.lake, signal };
      const { columns, rows } = await carryOut(plan, how);
      return shownRows(columns, rows, prepared, room);
    }
  }
}

function writesOf({ writes }: Room): LakeWrites {
  assert(writes !== undefined, 'whoever lets a statement change something opens the warehouse for writing');
  return writes;
}

function cellOf(columns: QueryResult['columns']): (cell: string, index: number) => Value {
  return (cell, index) => (columns[index]?.type === 'boolean' ? cell === 'true' : cell);
}

async function streamQuery(
  run: { readonly request: QueryRequest; readonly query: PlannedQuery; readonly prepared: Prepared },
  room: Room,
): Promise<QueryResult> {
  const { request, query, prepared } = run;
  const { signal } = request;
  const work = await borrowConnection(signal, room.engine);
  try {
    const opened = await openRows(work.connection, {
      sql: query.duckdbSql,
      columns: query.columns.length,
      signal,
    });
    const exact = exactFractions(query.columns.map(({ type }) => type));
    let rows = 0;
    let endedMs = room.now();
    return {
      columns: query.columns,
      batches: async function* () {
        try {
          for await (const batch of opened) {
            rows += batch.length;
            endedMs = room.now();
            yield exact === undefined ? batch : exact(batch);
          }
        } catch (error) {
          throw work.explained(error);
        } finally {
          work.end();
        }
      },
      stats: () => statsOf(prepared, { endedMs, rows, scannedBytes: scannedBytes(query, prepared.lake) }),
    };
  } catch (error) {
    work.end();
    throw work.explained(error);
  }
}

async function writeParquet(request: QueryRequest, path: string, room: Room): Promise<QueryStats> {
  const prepared = await prepare(request, room);
  const { plan, lake } = prepared;
  if (plan.kind !== 'select') throw onlyQueriesToFile();
  const work = await borrowConnection(request.signal, room.engine);
  try {
    const copied = await work.connection.run(
      `COPY (${plan.duckdbSql}\n) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    return statsOf(prepared, {
      endedMs: room.now(),
      rows: copied.rowsChanged,
      scannedBytes: scannedBytes(plan, lake),
    });
  } catch (error) {
    throw work.explained(error);
  } finally {
    work.end();
  }
}

async function explainQuery(
  plan: Plan & { kind: 'explain' },
  prepared: Prepared,
  room: Room,
): Promise<QueryResult> {
  const work = await borrowConnection(undefined, room.engine);
  try {
    const read = await work.connection.runAndReadAll(plan.duckdbSql);
    const lines = read.getRows().flatMap((row) => String(row[1]).trimEnd().split('\n'));
    return shownRows(
      plan.columns,
      lines.map((line) => [line]),
      prepared,
      room,
    );
  } catch (error) {
    throw work.explained(error);
  } finally {
    work.end();
  }
}

/** A result whose rows are all here. */
function shownRows(
  columns: QueryResult['columns'],
  rows: readonly (readonly Value[])[],
  prepared: Prepared,
  room: Room,
): QueryResult {
  const endedMs = room.now();
  return {
    columns,
    async *batches() {
      if (rows.length > 0) yield rows;
    },
    stats: () => statsOf(prepared, { endedMs, rows: rows.length, scannedBytes: 0 }),
  };
}

function scannedBytes(query: PlannedQuery, lake: KnownLake): number {
  return query.tables.reduce((sum, table) => sum + lake.bytesOf(table), 0);
}

function statsOf(
  prepared: Prepared,
  run: { readonly endedMs: number; readonly rows: number; readonly scannedBytes: number },
): QueryStats {
  return {
    queryId: randomUUID(),
    queuedMs: 0,
    planningMs: prepared.plannedMs - prepared.startedMs,
    executionMs: run.endedMs - prepared.plannedMs,
    scannedBytes: run.scannedBytes,
    rows: run.rows,
    reused: false,
    fetchPath: 'duckdb',
  };
}

/** The tables a statement reads, through views too; filters on partitions are known where the statement names the table. */
async function planReads(request: QueryRequest, room: Room): Promise<QueryPlan> {
  const { plan } = await prepare(request, room);
  const query =
    plan.kind === 'select' || plan.kind === 'explain' ? plan : 'query' in plan ? plan.query : undefined;
  const named = tableReads(bindParameters(request.sql, request.parameters ?? []), request.database);
  const reads = (query?.tables ?? []).filter((table) => table.location !== undefined);
  return {
    reads: reads.map((table): PlannedRead => {
      const same = named.filter((read) => read.schema === table.database && read.table === table.name);
      const limited = same.length > 0 && same.every((read) => Object.keys(read.limits).length > 0);
      const reads = (keys: Readonly<Record<string, string>>): boolean =>
        same.some(({ limits }) =>
          Object.entries(keys).every(([name, value]) => limits[name]?.(value) ?? true),
        );
      return { database: table.database, table: table.name, reads: limited ? reads : undefined };
    }),
  };
}

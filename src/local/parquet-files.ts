import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api';
import type { ParquetFiles } from '../platform/parquet.ts';
import type { ResultColumn, Value } from '../platform/warehouse.ts';
import { Failure, messageOf } from '../std/failure.ts';
import { connectDuckDB, identifier, literal, openDuckDB } from './duckdb.ts';
import { rowsOfChunk } from './duckdb-values.ts';

/** What reading and writing may use of this machine's memory, in MiB; the rest spills to disk. */
const MEMORY_MIB = 512;

/** Parquet through DuckDB. `spillFolder` is made when it is missing. */
export function openParquetFiles({
  spillFolder,
}: {
  readonly spillFolder: string;
}): ParquetFiles & AsyncDisposable {
  const opened = { connections: [] as DuckDBConnection[], close: async () => {} };
  const connect = async (): Promise<DuckDBConnection> => {
    const instance = await openDuckDB({ memoryMiB: MEMORY_MIB, spillFolder });
    opened.close = async () => instance.closeSync();
    return connectDuckDB(instance);
  };
  return {
    async read(paths) {
      const connection = await connect();
      if (paths.length === 0) return { columns: [], async *batches() {} };
      const result = await connection.stream(`SELECT * FROM read_parquet(${list(paths)})`);
      const columns = result.columnNames().map((name, index) => ({ name, type: typeOf(result, index) }));
      return { columns, batches: () => batchesOf(result) };
    },
    fromCsv: async (csvPath, columns, path) => copyTo(await connect(), selectCsv(csvPath, columns), path),
    join: async (paths, path) => copyTo(await connect(), `SELECT * FROM read_parquet(${list(paths)})`, path),
    [Symbol.asyncDispose]: () => opened.close(),
  };
}

async function copyTo(connection: DuckDBConnection, select: string, path: string): Promise<number> {
  try {
    const copy = `COPY (${select}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`;
    return (await connection.run(copy)).rowsChanged;
  } catch (error) {
    throw new Failure({
      code: 'parquet-not-written',
      kind: 'failed',
      message: `Cannot write ${path}: ${messageOf(error).split('\n')[0]}`,
      nextSteps: [
        'Check the folder and its space.',
        'Add --fetch unload: Athena then writes the Parquet itself.',
      ],
      docs: 'docs/query.md',
      cause: error,
    });
  }
}

function list(paths: readonly string[]): string {
  return `[${paths.map(literal).join(', ')}]`;
}

async function* batchesOf(result: DuckDBResult): AsyncGenerator<Value[][]> {
  const typeIds = Array.from({ length: result.columnCount }, (_, index) => result.columnTypeId(index));
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield rowsOfChunk(chunk, typeIds);
  }
}

/** Reads everything as text first: NULL is an empty field, `""` the empty string, and nothing is guessed. */
function selectCsv(csvPath: string, columns: readonly ResultColumn[]): string {
  const names = columns.map((_, index) => `c${index}`);
  const unique = uniqueColumnNames(columns);
  const casts = columns.map((column, index) => {
    const source = names[index] ?? '';
    return `${castOf(source, column.type)} AS ${identifier(unique[index] ?? source)}`;
  });
  const types = names.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ');
  return (
    `SELECT ${casts.join(', ')} FROM read_csv(${literal(csvPath)}, header = false, auto_detect = false, ` +
    `columns = {${types}}, nullstr = '', allow_quoted_nulls = false, delim = ',', quote = '"', escape = '"', ` +
    `new_line = '\\n', max_line_size = ${LINE_BYTES_MAX}, parallel = false, null_padding = true)`
  );
}

/** The longest row of a result that a Parquet file is made of, in bytes. DuckDB takes sixteen times that as its buffer. */
const LINE_BYTES_MAX = 8 * 1024 * 1024;

function castOf(name: string, type: string): string {
  if (type === 'varbinary') return `from_hex(replace(${name}, ' ', ''))`;
  const target = duckdbTypeOf(type);
  return target === 'VARCHAR' ? name : `CAST(${name} AS ${target})`;
}

/** Athena's type in DuckDB's word; what Athena's text results cannot express exactly stays text. */
function duckdbTypeOf(type: string): string {
  if (/^(boolean|tinyint|smallint|integer|bigint|double|real|date|decimal\(\d+,\d+\))$/.test(type))
    return type.toUpperCase();
  if (/^timestamp(\(\d+\))?$/.test(type)) return 'TIMESTAMP';
  return 'VARCHAR';
}

/** Of two columns with one name the later gets `_2`, `_3`, …: Parquet tells columns apart by name. */
function uniqueColumnNames(columns: readonly ResultColumn[]): string[] {
  const taken = new Set<string>();
  return columns.map(({ name }) => {
    let unique = name;
    for (let count = 2; taken.has(unique.toLowerCase()); count++) unique = `${name}_${count}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}

function typeOf(result: DuckDBResult, index: number): string {
  return result
    .columnType(index)
    .toString()
    .toLowerCase()
    .replace(/^float$/, 'real')
    .replace(/^timestamp$/, 'timestamp(6)')
    .replace(/^blob$/, 'varbinary');
}

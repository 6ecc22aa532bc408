import type { QueryExecution } from '@aws-sdk/client-athena';
import { CsvLines } from '../athena/csv-lines.ts';
import { priceOfScan } from '../athena/price.ts';
import { ResultCsv, type TextRow } from '../athena/result-csv.ts';
import { readerOf, type ScalarValue } from '../athena/result-value.ts';
import type { FetchWay, QueryResult, QueryStats, ResultColumn } from '../platform/warehouse.ts';
import { Failure, messageOf } from '../std/failure.ts';
import { type AthenaSettings, failed, isFree, wasReused } from './athena-execution.ts';
import { namesColumns, type Page, type PageRequest, readPage, readPagesAfter } from './athena-pages.ts';
import { noResultFile, resultDamaged } from './query-errors.ts';
import {
  type ObjectPlace,
  type OpenedObject,
  openObject,
  placeOf,
  readObject,
  type S3Reading,
} from './s3-ranges.ts';

/**
 * Rows of the first page where the file is asked for as well: enough for what a person looks at. A longer page takes
 * the SDK tens of milliseconds to read, and the file has its rows already.
 */
const RACED_ROWS = 200;

export interface ResultRequest {
  readonly execution: QueryExecution;
  readonly fetch: FetchWay;
  readonly signal: AbortSignal | undefined;
  /** Workgroups whose files may not be read directly: once refused, S3 is not asked again in this process. */
  readonly refused: Set<string>;
}

/**
 * The rows of a query that has succeeded. The first page of the API and the first bytes of the file are asked for
 * at the same time: a result that fits the page is done with it; of a longer one the file is read, in parallel ranges.
 * Where the file may not be read (403, KMS, CalledVia, gone) the API goes on from the page that is there.
 */
export async function openResult(request: ResultRequest, settings: AthenaSettings): Promise<QueryResult> {
  const source = await openSource(request, settings);
  const counted = { rows: 0, path: source.object === undefined ? 'api' : 's3' };
  const { columns } = source.page;
  const stats = (): QueryStats => statsOf(request.execution, counted, settings);
  const guard = <T>(rows: AsyncIterable<T>): AsyncIterable<T> => guarded(rows, request, settings);
  return {
    columns,
    batches: () => guard(valuesOf(textRows(source, counted), columns)),
    csvLines: () => guard(lines(source, counted)),
    stats,
  };
}

interface Source {
  readonly page: Page;
  readonly pages: PageRequest;
  /** The file, when it is the one to read. */
  readonly object: OpenedObject | undefined;
  readonly reading: S3Reading | undefined;
  readonly request: ResultRequest;
  readonly controller: AbortController;
}

interface Counted {
  rows: number;
  path: string;
}

async function openSource(request: ResultRequest, settings: AthenaSettings): Promise<Source> {
  const { execution, fetch } = request;
  const controller = new AbortController();
  const signal = request.signal ?? new AbortController().signal;
  const pages: PageRequest = { execution, client: await settings.clients.athena(), signal };
  const place = fetch === 'api' || request.refused.has(settings.workgroup) ? undefined : fileOf(execution);
  if (fetch === 's3' && place === undefined)
    throw noResultFile(execution.QueryExecutionId ?? '', 'its rows are not in a CSV file');
  const file =
    place === undefined ? undefined : openFile(place, AbortSignal.any([signal, controller.signal]), settings);
  file?.catch(() => undefined);
  let page: Page;
  try {
    page = await readPage(pages, place === undefined ? {} : { rowsMax: RACED_ROWS });
  } catch (error) {
    controller.abort();
    throw failed(error, `read the result of ${execution.QueryExecutionId}`, settings);
  }
  const source = { page, pages, request, controller };
  const wantsFile = file !== undefined && (fetch === 's3' || page.nextToken !== undefined);
  if (!wantsFile) {
    controller.abort();
    return { ...source, object: undefined, reading: undefined };
  }
  try {
    return { ...source, ...(await file) };
  } catch (error) {
    if (fetch === 's3') throw noResultFile(execution.QueryExecutionId ?? '', messageOf(error), error);
    request.refused.add(settings.workgroup);
    return { ...source, object: undefined, reading: undefined };
  }
}

async function openFile(place: ObjectPlace, signal: AbortSignal, { clients }: AthenaSettings) {
  const reading: S3Reading = { client: await clients.s3(), signal };
  return { reading, object: await openObject(place, reading) };
}

/** The CSV file of a SELECT's rows; undefined for `.txt` results, and for results that Athena keeps itself. */
function fileOf(execution: QueryExecution): ObjectPlace | undefined {
  if (execution.ManagedQueryResultsConfiguration?.Enabled === true) return undefined;
  if (execution.StatementType !== 'DML') return undefined;
  const uri = execution.ResultConfiguration?.OutputLocation ?? '';
  return uri.endsWith('.csv') ? placeOf(uri) : undefined;
}

/** All rows, from the file as long as it can be read, from the API afterwards; none twice. */
async function* textRows(source: Source, counted: Counted): AsyncGenerator<readonly TextRow[]> {
  if (source.object !== undefined && source.reading !== undefined) {
    const csv = new ResultCsv();
    let isFirst = true;
    const ready = (rows: TextRow[]): TextRow[] => {
      const kept =
        isFirst && rows.length > 0 && namesColumns(rows[0], source.page.columns) ? rows.slice(1) : rows;
      if (rows.length > 0) isFirst = false;
      counted.rows += kept.length;
      return kept;
    };
    try {
      for await (const bytes of readObject(source.object, source.reading)) {
        const rows = ready(csv.push(bytes));
        if (rows.length > 0) yield rows;
      }
      const last = ready(endOf(csv, source));
      if (last.length > 0) yield last;
      return;
    } catch (error) {
      goOnWithApi(error, source, counted);
    }
  }
  yield* pagedRows(source, counted);
}

/** The rows of the API from the first one that was not given yet. */
async function* pagedRows(source: Source, counted: Counted): AsyncGenerator<readonly TextRow[]> {
  const done = counted.rows;
  let seen = 0;
  const fresh = (rows: readonly TextRow[]): readonly TextRow[] => {
    const from = Math.max(0, Math.min(rows.length, done - seen));
    seen += rows.length;
    counted.rows += rows.length - from;
    return from === 0 ? rows : rows.slice(from);
  };
  const first = fresh(source.page.rows);
  if (first.length > 0) yield first;
  for await (const rows of readPagesAfter(source.pages, source.page)) {
    const kept = fresh(rows);
    if (kept.length > 0) yield kept;
  }
}

/** The rows as CSV: the file's own bytes where it is read, whole lines of the same texts where the API is. */
async function* lines(source: Source, counted: Counted): AsyncGenerator<Uint8Array> {
  if (source.object !== undefined && source.reading !== undefined) {
    const csv = new CsvLines();
    const header = new HeaderCut(source.page.columns);
    try {
      for await (const bytes of readObject(source.object, source.reading)) {
        for (const piece of csv.push(bytes)) yield* header.cut(piece);
        counted.rows = Math.max(0, csv.lines - header.lines);
      }
      for (const piece of endOf(csv, source)) yield* header.cut(piece);
      counted.rows = Math.max(0, csv.lines - header.lines);
      return;
    } catch (error) {
      goOnWithApi(error, source, counted);
    }
  }
  for await (const rows of pagedRows(source, counted)) yield Buffer.from(rows.map(lineOf).join(''));
}

/** Takes the file's header off its first bytes: the command writes its own. */
class HeaderCut {
  /** 1 once the header was found. */
  lines = 0;
  readonly #header: Buffer;
  #held: Buffer | undefined = Buffer.alloc(0);

  constructor(columns: readonly ResultColumn[]) {
    this.#header = Buffer.from(`${columns.map(({ name }) => `"${name.replaceAll('"', '""')}"`).join(',')}\n`);
  }

  *cut(piece: Uint8Array): Generator<Uint8Array> {
    if (this.#held === undefined) {
      yield piece;
      return;
    }
    this.#held = Buffer.concat([this.#held, piece]);
    if (
      this.#held.length < this.#header.length &&
      this.#header.subarray(0, this.#held.length).equals(this.#held)
    )
      return;
    const found = this.#held.subarray(0, this.#header.length).equals(this.#header);
    this.lines = found ? 1 : 0;
    const rest = found ? this.#held.subarray(this.#header.length) : this.#held;
    this.#held = undefined;
    if (rest.length > 0) yield rest;
  }
}

function endOf<T>(csv: { end(): T }, { request }: Source): T {
  try {
    return csv.end();
  } catch (error) {
    throw resultDamaged(request.execution.QueryExecutionId ?? '', messageOf(error));
  }
}

/** Throws what cannot be helped; otherwise the caller goes on with the API. */
function goOnWithApi(error: unknown, source: Source, counted: Counted): void {
  const { request, controller } = source;
  controller.abort();
  if (request.signal?.aborted === true || error instanceof Failure) throw error;
  if (request.fetch === 's3') {
    throw noResultFile(request.execution.QueryExecutionId ?? '', messageOf(error), error);
  }
  counted.path = 's3, then api';
}

async function* valuesOf(
  batches: AsyncIterable<readonly TextRow[]>,
  columns: readonly ResultColumn[],
): AsyncGenerator<ScalarValue[][]> {
  const readers = columns.map((column) => readerOf(column.type));
  for await (const rows of batches) {
    yield rows.map((row) => {
      const values: ScalarValue[] = new Array(readers.length);
      for (let index = 0; index < readers.length; index++) {
        values[index] = readers[index]?.(row[index] ?? null) ?? null;
      }
      return values;
    });
  }
}

/** Says what went wrong in dp's words, and lets go of connections when the reader stops early. */
async function* guarded<T>(
  rows: AsyncIterable<T>,
  request: ResultRequest,
  settings: AthenaSettings,
): AsyncGenerator<T> {
  try {
    yield* rows;
  } catch (error) {
    request.signal?.throwIfAborted();
    throw failed(error, `read the result of ${request.execution.QueryExecutionId}`, settings);
  }
}

export function statsOf(
  execution: QueryExecution,
  counted: { readonly rows: number; readonly path: string },
  { clients }: Pick<AthenaSettings, 'clients'>,
): QueryStats {
  const { Statistics: statistics } = execution;
  const scannedBytes = statistics?.DataScannedInBytes ?? 0;
  const { region } = clients.signIn;
  return {
    queryId: execution.QueryExecutionId ?? '',
    queuedMs: statistics?.QueryQueueTimeInMillis ?? 0,
    planningMs: statistics?.QueryPlanningTimeInMillis ?? 0,
    // Athena counts planning into the engine's time.
    executionMs: Math.max(
      0,
      (statistics?.EngineExecutionTimeInMillis ?? 0) - (statistics?.QueryPlanningTimeInMillis ?? 0),
    ),
    scannedBytes,
    rows: counted.rows,
    reused: wasReused(execution),
    fetchPath: counted.path,
    priceUsd: priceOfScan({ scannedBytes, region, free: isFree(execution) }).usd,
    priceRegion: region,
  };
}

function lineOf(row: TextRow): string {
  return `${row.map(field).join(',')}\n`;
}

function field(text: string | null): string {
  if (text === null) return '';
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

import type { AthenaClient, GetQueryResultsCommandOutput, QueryExecution, Row } from '@aws-sdk/client-athena';
import type { TextRow } from '../athena/result-csv.ts';
import { typeName } from '../athena/result-value.ts';
import type { ResultColumn } from '../platform/warehouse.ts';
import { backoffMs } from '../std/backoff.ts';
import { pause } from '../std/deadline.ts';
import { isThrottled } from './errors.ts';

/** Rows of one GetQueryResults answer, the most the API gives. */
const ROWS_PER_PAGE = 1000;
/** Throttled answers in a row for one page before it is given up. */
const THROTTLED_MAX = 10;
const THROTTLED_WAIT = { firstMs: 200, mostMs: 5_000, factor: 2 } as const;

export interface Page {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly TextRow[];
  readonly nextToken: string | undefined;
  /** Rows that a statement changed, where Athena says. */
  readonly updateCount: number;
}

export interface PageRequest {
  readonly execution: QueryExecution;
  readonly client: AthenaClient;
  readonly signal: AbortSignal;
}

/** Which page, and of how many rows. */
export interface PageChoice {
  /** Undefined: the first one. */
  readonly token?: string | undefined;
  /** @default the most the API gives */
  readonly rowsMax?: number;
}

/** One page through the API; the header row of a first page is taken off. Rejects with the SDK's error. */
export async function readPage(request: PageRequest, choice: PageChoice = {}): Promise<Page> {
  const answer = await askForPage(request, choice);
  const columns = (answer.ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map((info) => ({
    name: info.Name ?? '',
    type: typeName({
      type: info.Type ?? 'varchar',
      ...(info.Precision === undefined ? {} : { precision: info.Precision }),
      ...(info.Scale === undefined ? {} : { scale: info.Scale }),
    }),
  }));
  const rows = (answer.ResultSet?.Rows ?? []).map((row) => textRow(row, columns.length));
  const isHeader =
    choice.token === undefined && hasHeader(request.execution) && namesColumns(rows[0], columns);
  return {
    columns,
    rows: isHeader ? rows.slice(1) : rows,
    nextToken: answer.NextToken || undefined,
    updateCount: Number(answer.UpdateCount ?? 0),
  };
}

/** The rows after a page, page by page; the next one is on its way while the last one is read. */
export async function* readPagesAfter(request: PageRequest, page: Page): AsyncGenerator<readonly TextRow[]> {
  let next = page.nextToken === undefined ? undefined : readPage(request, { token: page.nextToken });
  while (next !== undefined) {
    const { rows, nextToken } = await next;
    next = nextToken === undefined ? undefined : readPage(request, { token: nextToken });
    // It may reject while its predecessor is still being read; the await above is where that is met.
    next?.catch(() => undefined);
    yield rows;
  }
}

async function askForPage(
  { execution, client, signal }: PageRequest,
  { token, rowsMax = ROWS_PER_PAGE }: PageChoice,
): Promise<GetQueryResultsCommandOutput> {
  const { GetQueryResultsCommand } = await import('@aws-sdk/client-athena');
  const command = new GetQueryResultsCommand({
    QueryExecutionId: execution.QueryExecutionId,
    MaxResults: rowsMax,
    ...(token === undefined ? {} : { NextToken: token }),
  });
  for (let throttled = 0; ; throttled++) {
    try {
      return await client.send(command, { abortSignal: signal });
    } catch (error) {
      if (!isThrottled(error) || throttled >= THROTTLED_MAX) throw error;
      await pause(backoffMs(throttled, THROTTLED_WAIT, Math.random()), signal);
    }
  }
}

/** A value that is not there is NULL; a cell with the empty text is the empty string. */
function textRow({ Data: data = [] }: Row, width: number): TextRow {
  const row: (string | null)[] = new Array(Math.max(width, data.length)).fill(null);
  data.forEach((datum, index) => {
    row[index] = datum.VarCharValue ?? null;
  });
  return row;
}

/**
 * Results of queries begin with the columns' names. Those of DDL and of SHOW do not: there, a first row that
 * equals the names is a row.
 */
function hasHeader({ StatementType: type, SubstatementType: sub }: QueryExecution): boolean {
  return type === 'DML' || sub === 'EXPLAIN' || sub === 'EXPLAIN_ANALYZE';
}

export function namesColumns(row: TextRow | undefined, columns: readonly ResultColumn[]): boolean {
  return (
    row !== undefined && columns.length > 0 && columns.every((column, index) => row[index] === column.name)
  );
}

// Results as Athena writes them, for the stand-in: the same rows as pages of its API and as its CSV file.
import type { TextRow } from '../../src/athena/result-csv.ts';

export interface Told {
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly precision?: number;
    readonly scale?: number;
  }[];
  readonly rows: readonly TextRow[];
}

const ROWS_PER_PAGE = 1000;

/** Athena's CSV: every value quoted, NULL as nothing at all. */
export function csvOf({ columns, rows }: Told): Uint8Array {
  const all: TextRow[] = [columns.map((column) => column.name), ...rows];
  return Buffer.from(all.map((row) => `${row.map(fieldOf).join(',')}\n`).join(''));
}

function fieldOf(text: string | null): string {
  return text === null ? '' : `"${text.replaceAll('"', '""')}"`;
}

/** One answer of GetQueryResults; the header is the first row of the first page of a query. */
export function pageOf(told: Told, token: unknown, options: { readonly header?: boolean } = {}): object {
  const header = options.header === false ? [] : [told.columns.map((column) => column.name)];
  const all: TextRow[] = [...header, ...told.rows];
  const from = token === undefined ? 0 : Number(token);
  const to = from + ROWS_PER_PAGE;
  return {
    UpdateCount: 0,
    ResultSet: {
      Rows: all.slice(from, to).map((row) => ({
        Data: row.map((text) => (text === null ? {} : { VarCharValue: text })),
      })),
      ResultSetMetadata: {
        ColumnInfo: told.columns.map(({ name, type, precision, scale }) => ({
          Name: name,
          Type: type,
          ...(precision === undefined ? {} : { Precision: precision }),
          ...(scale === undefined ? {} : { Scale: scale }),
        })),
      },
    },
    ...(to < all.length ? { NextToken: String(to) } : {}),
  };
}

/** A query that succeeded, with its CSV at s3://results/ID.csv. */
export function succeeded(id = 'q1', more: object = {}): object {
  return {
    QueryExecution: {
      QueryExecutionId: id,
      Query: 'SELECT 1',
      StatementType: 'DML',
      SubstatementType: 'SELECT',
      ResultConfiguration: { OutputLocation: `s3://results/${id}.csv` },
      Status: { State: 'SUCCEEDED', SubmissionDateTime: 1_780_000_000 },
      Statistics: {
        DataScannedInBytes: 25_000_000,
        QueryQueueTimeInMillis: 110,
        QueryPlanningTimeInMillis: 90,
        EngineExecutionTimeInMillis: 890,
        TotalExecutionTimeInMillis: 1020,
      },
      WorkGroup: 'test',
      ...more,
    },
  };
}

export function ended(state: string, more: object = {}): object {
  return {
    QueryExecution: {
      QueryExecutionId: 'q1',
      StatementType: 'DML',
      Statistics: { DataScannedInBytes: 25_000_000 },
      Status: { State: state, ...more },
    },
  };
}

/** `count` rows of an id, a word that may be NULL or empty, and one with line breaks and quotes. */
export function manyRows(count: number): Told {
  return {
    columns: [
      { name: 'id', type: 'bigint' },
      { name: 'word', type: 'varchar', precision: 2_147_483_647 },
      { name: 'note', type: 'varchar', precision: 2_147_483_647 },
    ],
    rows: Array.from(
      { length: count },
      (_, index): TextRow => [
        String(index),
        index % 3 === 0 ? null : index % 3 === 1 ? '' : `語 ${index}`,
        index % 5 === 0 ? `line one\nline "two", ${index}` : 'plain',
      ],
    ),
  };
}

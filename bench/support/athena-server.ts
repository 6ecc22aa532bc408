// A server that speaks Athena and S3 over one result, for benches: every client reads the same bytes from the same
// endpoint. A process of its own, so that it does not share a core's time with the client more than a service would.
// Usage: node athena-server.ts ROWS LATENCY_MS → prints its endpoint and the bytes of the result, then serves.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const rowCount = Number(process.argv[2] ?? 1_000_000);
const latencyMs = Number(process.argv[3] ?? 0);
const KEY = '/bench-results/q1.csv';
const COLUMNS = [
  ['id', 'bigint'],
  ['dt', 'varchar'],
  ['customer', 'varchar'],
  ['note', 'varchar'],
  ['quantity', 'integer'],
  ['price', 'decimal'],
  ['created_at', 'timestamp'],
  ['ratio', 'double'],
] as const;

const NAMES = ['山田 太郎', '佐藤 花子', 'Zoë "Z" Müller', 'Smith, John', '鈴木 一郎'];

function rowOf(index: number): (string | null)[] {
  return [
    String(index),
    `2026-11-${String(1 + (index % 30)).padStart(2, '0')}`,
    NAMES[index % NAMES.length] ?? '',
    index % 4 === 0
      ? null
      : index % 11 === 0
        ? ''
        : `order note ${index}, with some words in it${index % 97 === 0 ? '\nsecond line' : ''}`,
    String(index % 17),
    `${index % 9000}.${String(index % 100).padStart(2, '0')}`,
    `2026-11-22 ${String(index % 24).padStart(2, '0')}:15:30.000`,
    String((index % 1000) / 7),
  ];
}

const csv = ((): Buffer => {
  const parts = [Buffer.from(`${COLUMNS.map(([name]) => `"${name}"`).join(',')}\n`)];
  for (let from = 0; from < rowCount; from += 10_000) {
    const lines: string[] = [];
    for (let index = from; index < Math.min(from + 10_000, rowCount); index++) {
      lines.push(
        rowOf(index)
          .map((cell) => (cell === null ? '' : `"${cell.replaceAll('"', '""')}"`))
          .join(','),
      );
    }
    parts.push(Buffer.from(`${lines.join('\n')}\n`));
  }
  return Buffer.concat(parts);
})();

const metadata = {
  ColumnInfo: COLUMNS.map(([Name, Type]) => ({
    Name,
    Label: Name,
    Type,
    CatalogName: 'hive',
    SchemaName: '',
    TableName: '',
    Nullable: 'UNKNOWN',
    CaseSensitive: false,
    Precision: Type === 'decimal' ? 12 : 0,
    Scale: Type === 'decimal' ? 2 : 0,
  })),
};

function page(input: { NextToken?: string; MaxResults?: number }): object {
  const from = Number(input.NextToken ?? 0);
  // The first page's first row is the header, as on Athena.
  const to = Math.min(rowCount + 1, from + Math.min(1000, input.MaxResults ?? 1000));
  const rows = [];
  for (let at = from; at < to; at++) {
    const cells = at === 0 ? COLUMNS.map(([name]) => name) : rowOf(at - 1);
    rows.push({ Data: cells.map((cell) => (cell === null ? {} : { VarCharValue: cell })) });
  }
  return {
    UpdateCount: 0,
    ResultSet: { Rows: rows, ResultSetMetadata: metadata },
    ...(to < rowCount + 1 ? { NextToken: String(to) } : {}),
  };
}

function execution(): object {
  const now = Math.floor(Date.now() / 1000);
  return {
    QueryExecution: {
      QueryExecutionId: 'q1',
      Query: 'SELECT * FROM orders',
      StatementType: 'DML',
      SubstatementType: 'SELECT',
      ResultConfiguration: { OutputLocation: `s3:/${KEY}` },
      QueryExecutionContext: { Database: 'shop' },
      Status: { State: 'SUCCEEDED', SubmissionDateTime: now, CompletionDateTime: now },
      Statistics: { DataScannedInBytes: 1, EngineExecutionTimeInMillis: 1 },
      WorkGroup: 'primary',
    },
  };
}

const ANSWERS: Record<string, (input: object) => object> = {
  StartQueryExecution: () => ({ QueryExecutionId: 'q1' }),
  GetQueryExecution: execution,
  GetQueryResults: page,
  GetWorkGroup: () => ({
    WorkGroup: {
      Name: 'primary',
      State: 'ENABLED',
      Configuration: {
        EnforceWorkGroupConfiguration: false,
        ResultConfiguration: { OutputLocation: 's3://bench-results/' },
      },
    },
  }),
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const input = JSON.parse(await text(request));
    const body = ANSWERS[target.split('.').at(-1) ?? '']?.(input) ?? {};
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body));
    return;
  }
  if (request.method === 'POST') {
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
    );
    return;
  }
  sendObject(request, response);
}

function sendObject(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://loopback');
  if (url.searchParams.has('list-type')) {
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(
      `<ListBucketResult><Name>bench-results</Name><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated><Contents><Key>q1.csv</Key><Size>${csv.length}</Size><ETag>"e"</ETag><LastModified>2026-11-22T00:00:00.000Z</LastModified><StorageClass>STANDARD</StorageClass></Contents></ListBucketResult>`,
    );
    return;
  }
  if (url.pathname !== KEY) {
    response.writeHead(404, { 'content-type': 'application/xml' });
    response.end(request.method === 'HEAD' ? undefined : '<Error><Code>NoSuchKey</Code></Error>');
    return;
  }
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const from = Number(range?.[1] ?? 0);
  const to = Math.min(range?.[2] ? Number(range[2]) : csv.length - 1, csv.length - 1);
  response.writeHead(range === null ? 200 : 206, {
    etag: '"e"',
    'content-length': to - from + 1,
    'content-type': 'text/csv',
    'accept-ranges': 'bytes',
    'last-modified': 'Sun, 22 Nov 2026 00:00:00 GMT',
    ...(range === null ? {} : { 'content-range': `bytes ${from}-${to}/${csv.length}` }),
  });
  response.end(request.method === 'HEAD' ? undefined : csv.subarray(from, to + 1));
}

const server = createServer((request, response) => {
  void answer(request, response).catch(() => response.destroy());
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ endpoint: `http://127.0.0.1:${port}`, bytes: csv.length }));
});

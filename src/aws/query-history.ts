import { randomUUID } from 'node:crypto';
import type { AthenaClient, NamedQuery, QueryExecution } from '@aws-sdk/client-athena';
import { priceOfScan } from '../athena/price.ts';
import type { QueryHistory, QueryRecord, QueryState, SavedQuery } from '../platform/query-history.ts';
import {
  type AthenaSettings,
  chosenBy,
  failed,
  getExecution,
  isFree,
  startExecution,
  stopExecution,
  waitForEnd,
  wasReused,
} from './athena-execution.ts';
import { openResult } from './athena-result.ts';
import { nameOf } from './errors.ts';
import { queryEnded, unknownQuery } from './query-errors.ts';

/** Athena's list comes in pages of this many ids, and details for as many at once. */
const IDS_PER_CALL = 50;

/** Queries of the workgroup, as Athena remembers them (45 days), and its named queries. */
export function openAwsQueryHistory(settings: AthenaSettings): QueryHistory {
  const client = () => settings.clients.athena();
  const ask = async <T>(what: string, call: (client: AthenaClient) => Promise<T>): Promise<T> => {
    try {
      return await call(await client());
    } catch (error) {
      throw failed(error, what, settings);
    }
  };
  const find = (queryId: string): Promise<QueryExecution | undefined> =>
    ask(`look up the query ${queryId}`, async (athena) => getExecution(queryId, athena)).catch(notThere);
  return {
    list: (countMax, workgroup = settings.workgroup) =>
      ask('list queries', (athena) =>
        listRecords({ countMax, athena, settings: { ...settings, workgroup } }),
      ),
    find: async (queryId) => recordOf(await find(queryId), settings),
    start: (request) => startExecution(request, chosenBy(request, settings)),
    async results({ queryId, fetch = 'auto', signal, notify }) {
      if ((await find(queryId)) === undefined) throw unknownQuery(queryId);
      const waiting = { stopOnAbort: false, notify, ...(signal === undefined ? {} : { signal }) };
      const execution = await waitForEnd(queryId, waiting, settings);
      if (execution.Status?.State !== 'SUCCEEDED') throw queryEnded(execution);
      return openResult({ execution, fetch, signal, refused: new Set() }, settings);
    },
    async cancel(queryId) {
      if ((await find(queryId)) === undefined) throw unknownQuery(queryId);
      const execution = await ask(`stop the query ${queryId}`, () => stopExecution(queryId, settings));
      return recordOf(execution, settings) ?? Promise.reject(unknownQuery(queryId));
    },
    listSaved: () => ask('list saved queries', (athena) => listNamed(athena, settings)),
    findSaved: async (name) =>
      ask('look up a saved query', async (athena) =>
        (await listNamed(athena, settings)).find((query) => query.name === name),
      ),
    save: (query) => ask(`save the query ${query.name}`, (athena) => saveNamed(query, athena, settings)),
  };
}

interface Listing {
  readonly countMax: number;
  readonly athena: AthenaClient;
  readonly settings: AthenaSettings;
}

/** Ids by the page, details by the batch: the calls have low limits per account, so never one call an id. */
async function listRecords({ countMax, athena, settings }: Listing): Promise<QueryRecord[]> {
  const { ListQueryExecutionsCommand } = await import('@aws-sdk/client-athena');
  const records: QueryRecord[] = [];
  let token: string | undefined;
  do {
    const page = await athena.send(
      new ListQueryExecutionsCommand({
        WorkGroup: settings.workgroup,
        MaxResults: Math.min(IDS_PER_CALL, countMax - records.length),
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
    const ids = (page.QueryExecutionIds ?? []).slice(0, countMax - records.length);
    for (const execution of await batchGet(ids, athena)) {
      const record = recordOf(execution, settings);
      if (record !== undefined) records.push(record);
    }
    token = ids.length === 0 ? undefined : page.NextToken;
  } while (token !== undefined && records.length < countMax);
  return records.sort((a, b) => b.submittedMs - a.submittedMs);
}

async function batchGet(ids: readonly string[], athena: AthenaClient): Promise<QueryExecution[]> {
  if (ids.length === 0) return [];
  const { BatchGetQueryExecutionCommand } = await import('@aws-sdk/client-athena');
  const found: QueryExecution[] = [];
  for (let from = 0; from < ids.length; from += IDS_PER_CALL) {
    const some = ids.slice(from, from + IDS_PER_CALL);
    const { QueryExecutions: executions } = await athena.send(
      new BatchGetQueryExecutionCommand({ QueryExecutionIds: [...some] }),
    );
    found.push(...(executions ?? []));
  }
  return found;
}

function recordOf(
  execution: QueryExecution | undefined,
  { clients }: AthenaSettings,
): QueryRecord | undefined {
  if (execution?.QueryExecutionId === undefined) return undefined;
  const { Statistics: statistics, Status: status } = execution;
  const scannedBytes = statistics?.DataScannedInBytes ?? 0;
  const reason = status?.AthenaError?.ErrorMessage ?? status?.StateChangeReason;
  const price = priceOfScan({ scannedBytes, region: clients.signIn.region, free: isFree(execution) });
  return {
    queryId: execution.QueryExecutionId,
    state: (status?.State ?? 'QUEUED').toLowerCase() as QueryState,
    sql: execution.Query ?? '',
    database: execution.QueryExecutionContext?.Database,
    submittedMs: status?.SubmissionDateTime?.getTime() ?? 0,
    tookMs: statistics?.TotalExecutionTimeInMillis ?? 0,
    scannedBytes,
    reused: wasReused(execution),
    priceUsd: price.usd,
    ...(reason === undefined || reason === '' ? {} : { reason }),
  };
}

async function listNamed(athena: AthenaClient, { workgroup }: AthenaSettings): Promise<SavedQuery[]> {
  return (await readNamed(athena, workgroup)).map(({ Name, QueryString, Database, Description }) => ({
    name: Name ?? '',
    sql: QueryString ?? '',
    database: Database,
    ...(Description === undefined || Description === '' ? {} : { description: Description }),
  }));
}

async function readNamed(athena: AthenaClient, workgroup: string): Promise<NamedQuery[]> {
  const { BatchGetNamedQueryCommand, paginateListNamedQueries } = await import('@aws-sdk/client-athena');
  const found: NamedQuery[] = [];
  for await (const page of paginateListNamedQueries({ client: athena }, { WorkGroup: workgroup })) {
    const ids = page.NamedQueryIds ?? [];
    if (ids.length === 0) continue;
    const { NamedQueries: queries } = await athena.send(
      new BatchGetNamedQueryCommand({ NamedQueryIds: ids }),
    );
    found.push(...(queries ?? []));
  }
  return found.sort((a, b) => ((a.Name ?? '') < (b.Name ?? '') ? -1 : 1));
}

async function saveNamed(
  query: SavedQuery,
  athena: AthenaClient,
  { workgroup }: AthenaSettings,
): Promise<void> {
  const { CreateNamedQueryCommand, DeleteNamedQueryCommand } = await import('@aws-sdk/client-athena');
  const before = (await readNamed(athena, workgroup)).filter((one) => one.Name === query.name);
  await athena.send(
    new CreateNamedQueryCommand({
      Name: query.name,
      Database: query.database ?? 'default',
      QueryString: query.sql,
      WorkGroup: workgroup,
      ClientRequestToken: randomUUID(),
      ...(query.description === undefined ? {} : { Description: query.description }),
    }),
  );
  // Only now: names need not be unique, and a save that fails half-way must lose nothing.
  for (const { NamedQueryId } of before) {
    await athena.send(new DeleteNamedQueryCommand({ NamedQueryId }));
  }
}

/** Athena answers an id it does not know with InvalidRequestException. */
function notThere(error: unknown): undefined {
  const cause = (error as { cause?: unknown }).cause;
  if (nameOf(cause) === 'InvalidRequestException') return undefined;
  throw error;
}

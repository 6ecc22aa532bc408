import { randomUUID } from 'node:crypto';
import type { AthenaClient, QueryExecution, StartQueryExecutionCommandInput } from '@aws-sdk/client-athena';
import { nextPollMs } from '../athena/polling.ts';
import { formatUsd, priceOfScan } from '../athena/price.ts';
import { statementKind } from '../athena/statement.ts';
import type { QueryRequest } from '../platform/warehouse.ts';
import { backoffMs } from '../std/backoff.ts';
import { pause } from '../std/deadline.ts';
import type { AwsClients } from './aws-clients.ts';
import { awsFailure, isQueueFull, isThrottled, isUnreachable, nameOf } from './errors.ts';
import { queryEnded, queryRefused, queueFull } from './query-errors.ts';

/** How long to wait for a place in the account's queue, in milliseconds, and how often to ask. */
const QUEUE_WAIT_MS_MAX = 10 * 60_000;
const QUEUE_WAIT = { firstMs: 2_000, mostMs: 30_000, factor: 1.6 } as const;
/** Times a query that failed through the service's own fault is started again. */
const RETRIES_MAX = 2;
const RETRY_WAIT = { firstMs: 1_000, mostMs: 10_000, factor: 2 } as const;
/** After a stop was asked for, how long to wait for the end state, in milliseconds. */
const STOP_WAIT_MS_MAX = 5_000;
/** Polls in a row that may fail for want of a network before the wait is given up. The query goes on in Athena. */
const LOST_POLLS_MAX = 8;

export interface AthenaSettings {
  readonly clients: AwsClients;
  readonly workgroup: string;
  /** Where results go when the workgroup does not say; undefined leaves it to the workgroup. */
  readonly resultLocation: string | undefined;
  readonly now: () => number;
}

/** The settings with what a request chooses for itself. */
export function chosenBy<S extends AthenaSettings>(request: QueryRequest, settings: S): S {
  return {
    ...settings,
    workgroup: request.workgroup ?? settings.workgroup,
    resultLocation: request.resultLocation ?? settings.resultLocation,
  };
}

/** Runs a statement to its end state SUCCEEDED, and gives what Athena says of it. Throws when it ends otherwise. */
export async function runToEnd(request: QueryRequest, settings: AthenaSettings): Promise<QueryExecution> {
  const isRead = statementKind(request.sql).effect === 'read';
  for (let retries = 0; ; retries++) {
    const id = await startExecution(request, settings);
    request.notify?.({ kind: 'started', queryId: id, message: `Started ${id}.` });
    const execution = await waitForEnd(id, { ...request, stopOnAbort: true }, settings);
    if (execution.Status?.State === 'SUCCEEDED') return execution;
    const retryable = execution.Status?.AthenaError?.Retryable === true;
    if (execution.Status?.State !== 'FAILED' || !retryable || !isRead || retries >= RETRIES_MAX)
      throw queryEnded(execution);
    const why = execution.Status.StateChangeReason ?? 'the service failed';
    request.notify?.({
      kind: 'retrying',
      queryId: id,
      message: `${id} failed, and Athena says that trying again may help: ${why}`,
    });
    await pause(backoffMs(retries, RETRY_WAIT, Math.random()), request.signal);
  }
}

/**
 * Starts a statement and gives its id. The token makes it safe to send again: Athena starts it once. Waits while
 * the account's queue is full.
 */
export async function startExecution(request: QueryRequest, settings: AthenaSettings): Promise<string> {
  const client = await settings.clients.athena();
  const { StartQueryExecutionCommand } = await import('@aws-sdk/client-athena');
  const input = startInput(request, settings);
  const started = settings.now();
  for (let attempt = 0; ; attempt++) {
    try {
      // Not aborted half-way: a query that may have started must be known by its id, to be stopped.
      const { QueryExecutionId } = await client.send(new StartQueryExecutionCommand(input));
      return QueryExecutionId ?? '';
    } catch (error) {
      request.signal?.throwIfAborted();
      if (nameOf(error) === 'InvalidRequestException') throw queryRefused(error);
      if (!isQueueFull(error) && !isThrottled(error)) throw failed(error, 'start the query', settings);
      const waitedMs = settings.now() - started;
      if (waitedMs > QUEUE_WAIT_MS_MAX) throw queueFull(waitedMs, error);
      if (attempt === 0)
        request.notify?.({
          kind: 'waiting',
          message: 'The queue of the account is full; waiting for a place.',
        });
      await pause(backoffMs(attempt, QUEUE_WAIT, Math.random()), request.signal);
    }
  }
}

function startInput(request: QueryRequest, settings: AthenaSettings): StartQueryExecutionCommandInput {
  const { sql, database, parameters, reuseMinutes } = request;
  return {
    QueryString: sql,
    ClientRequestToken: randomUUID(),
    QueryExecutionContext: { Database: database, Catalog: 'AwsDataCatalog' },
    WorkGroup: settings.workgroup,
    ...(settings.resultLocation === undefined
      ? {}
      : { ResultConfiguration: { OutputLocation: settings.resultLocation } }),
    ...(parameters === undefined || parameters.length === 0 ? {} : { ExecutionParameters: [...parameters] }),
    ...(reuseMinutes === undefined
      ? {}
      : {
          ResultReuseConfiguration: {
            ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: reuseMinutes },
          },
        }),
  };
}

export interface Waiting {
  readonly signal?: AbortSignal;
  readonly notify?: QueryRequest['notify'];
  /** Whether an abort stops the query in Athena as well. */
  readonly stopOnAbort: boolean;
}

/** Asks until the query has ended, and gives its end state whatever it is. An abort stops the query first. */
export async function waitForEnd(
  id: string,
  waiting: Waiting,
  settings: AthenaSettings,
): Promise<QueryExecution> {
  const client = await settings.clients.athena();
  const started = settings.now();
  let throttled = 0;
  let lost = 0;
  let state = '';
  for (let polls = 0; ; polls++) {
    try {
      const elapsedMs = settings.now() - started;
      await pause(nextPollMs({ polls, elapsedMs, throttled, random: Math.random() }), waiting.signal);
      const execution = await getExecution(id, client, waiting.signal);
      throttled = 0;
      lost = 0;
      const now = execution.Status?.State ?? '';
      if (now === 'SUCCEEDED' || now === 'FAILED' || now === 'CANCELLED') return execution;
      if (now !== state)
        waiting.notify?.({ kind: 'state', queryId: id, message: `${id} is ${now.toLowerCase()}.` });
      state = now;
    } catch (error) {
      if (waiting.signal?.aborted === true) {
        if (waiting.stopOnAbort) await stopAndSay(id, waiting, settings);
        throw waiting.signal.reason;
      }
      if (isThrottled(error)) throttled++;
      else if (isUnreachable(error) && lost < LOST_POLLS_MAX) lost++;
      else throw failed(error, `ask for the state of the query ${id}`, settings);
    }
  }
}

export async function getExecution(
  id: string,
  client: AthenaClient,
  signal?: AbortSignal,
): Promise<QueryExecution> {
  const { GetQueryExecutionCommand } = await import('@aws-sdk/client-athena');
  const command = new GetQueryExecutionCommand({ QueryExecutionId: id });
  const { QueryExecution: execution } = await client.send(
    command,
    signal === undefined ? {} : { abortSignal: signal },
  );
  return execution ?? {};
}

/** Stops a query and waits until Athena says that it has ended; gives its end state, or its last one. */
export async function stopExecution(id: string, settings: AthenaSettings): Promise<QueryExecution> {
  const client = await settings.clients.athena();
  const { StopQueryExecutionCommand } = await import('@aws-sdk/client-athena');
  await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
  const started = settings.now();
  for (let polls = 0; ; polls++) {
    const execution = await getExecution(id, client);
    if (/^(SUCCEEDED|FAILED|CANCELLED)$/.test(execution.Status?.State ?? '')) return execution;
    if (settings.now() - started > STOP_WAIT_MS_MAX) return execution;
    await pause(nextPollMs({ polls, elapsedMs: 0, throttled: 0, random: Math.random() }));
  }
}

async function stopAndSay(id: string, waiting: Waiting, settings: AthenaSettings): Promise<void> {
  try {
    const execution = await stopExecution(id, settings);
    const scannedBytes = execution.Statistics?.DataScannedInBytes ?? 0;
    const { usd } = priceOfScan({
      scannedBytes,
      region: settings.clients.signIn.region,
      free: isFree(execution),
    });
    const state = (execution.Status?.State ?? 'unknown').toLowerCase();
    const message = `Stopped ${id} in Athena: it is ${state}, scanned ${scannedBytes.toLocaleString('en-US')} bytes, and costs ${formatUsd(usd)}.`;
    waiting.notify?.({ kind: 'stopped', queryId: id, message });
  } catch (error) {
    const message = `Could not stop ${id} in Athena (${nameOf(error)}): stop it with dp query cancel ${id}.`;
    waiting.notify?.({ kind: 'stopped', queryId: id, message });
  }
}

/** Whether Athena charges nothing: statements about tables, failed queries, and queries on reserved capacity. */
export function isFree(execution: QueryExecution): boolean {
  const { StatementType: type, SubstatementType: sub, Statistics: statistics, Status: status } = execution;
  if (status?.State === 'FAILED') return true;
  if (type === 'DDL' || (type === 'UTILITY' && sub !== 'EXPLAIN_ANALYZE')) return true;
  if (sub === 'EXPLAIN' || statistics?.DpuCount !== undefined) return true;
  // A cancelled query that never read anything, and a reused result, have nothing to bill.
  const nothingRead = (statistics?.DataScannedInBytes ?? 0) === 0;
  return nothingRead && (status?.State === 'CANCELLED' || wasReused(execution));
}

export function wasReused({ Statistics: statistics }: QueryExecution): boolean {
  return statistics?.ResultReuseInformation?.ReusedPreviousResult === true;
}

export function failed(error: unknown, what: string, { clients }: AthenaSettings): unknown {
  const { region, command } = clients.signIn;
  return awsFailure(error, { what, region, signInCommand: command });
}

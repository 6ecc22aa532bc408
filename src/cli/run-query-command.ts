import { statementKind } from '../athena/statement.ts';
import type { Settings } from '../config/settings.ts';
import { planQuery } from '../operations/plan-query.ts';
import { guardStatement } from '../operations/query-guard.ts';
import { assertWithinLimits } from '../operations/query-limits.ts';
import { runQuery } from '../operations/run-query.ts';
import { getSavedQuery } from '../operations/saved-query.ts';
import type { Platform } from '../platform/platform.ts';
import type { FetchWay, QueryEvent, QueryRequest } from '../platform/warehouse.ts';
import { usage } from './errors.ts';
import { formatQueryFooter } from './format/query-footer.ts';
import { visible } from './format/visible.ts';
import { confirmByName, type PromptSettings } from './prompts.ts';
import type { planDelivery } from './query-result.ts';
import { readSql } from './read-sql.ts';
import type { Paint } from './terminal.ts';

/** What the operator typed, checked one by one. */
export interface QueryCall {
  readonly sql: string | undefined;
  readonly file?: string | undefined;
  readonly saved?: string | undefined;
  readonly parameters: readonly string[];
  readonly database?: string | undefined;
  readonly workgroup?: string | undefined;
  readonly resultLocation?: string | undefined;
  readonly fetch: string;
  readonly reuseMinutes: number | undefined;
  readonly costUsdMax: number | undefined;
  readonly scanBytesMax: number | undefined;
  readonly dryRun: boolean;
  readonly write: boolean;
  readonly confirm?: string | undefined;
  readonly detach: boolean;
}

export interface QueryCallDeps {
  readonly deliver: ReturnType<typeof planDelivery>;
  readonly settings: Settings;
  readonly platform: () => Promise<Platform>;
  readonly prompts: PromptSettings;
  readonly signal: AbortSignal;
  readonly paint: Paint;
  readonly say: (text: string) => void;
  readonly print: (text: string) => Promise<void>;
  /** Does what changes the lake, between two lines of the journal. */
  readonly change: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The region whose price is shown where nothing is charged, so that local says what Athena would ask. */
const PRICE_REGION = 'ap-northeast-1';

/** `dp query`: finds the statement, guards it, and plans, starts or runs it. Gives what --json prints, if not the rows. */
export async function runQueryCommand(call: QueryCall, deps: QueryCallDeps): Promise<object | undefined> {
  if (wantsPrompt(call, deps)) return openPrompt(call, deps);
  const found = await findSql(call, deps);
  const sql = await guardStatement(
    { sql: found.sql, write: call.write || call.dryRun },
    {
      confirm: (what, name) =>
        call.dryRun ? Promise.resolve() : confirmByName({ what, name, given: call.confirm }, deps.prompts),
    },
  );
  const request = requestOf(call, { ...found, sql }, deps);
  const platform = await deps.platform();
  if (call.dryRun) return dryRun(request, platform, deps);
  await holdToLimits(request, call, deps);
  const run = (): Promise<object | undefined> =>
    call.detach ? detach(request, platform, deps) : deliverRows(request, platform, deps);
  return statementKind(sql).effect === 'read' ? run() : deps.change(run);
}

async function deliverRows(
  request: QueryRequest & { signal: AbortSignal },
  platform: Platform,
  deps: QueryCallDeps,
): Promise<undefined> {
  const warehouse = await platform.warehouse();
  const ways = {
    stream: (sink: Parameters<typeof runQuery>[1]['sink']) => runQuery(request, { warehouse, sink }),
    parquet: (path: string) => warehouse.writeParquet(request, path),
  };
  const stats = await deps.deliver(ways, { sql: request.sql, say: deps.say });
  deps.say(formatQueryFooter(stats));
  return undefined;
}

interface FoundSql {
  readonly sql: string;
  readonly database: string | undefined;
}

async function findSql(call: QueryCall, deps: QueryCallDeps): Promise<FoundSql> {
  if (call.saved === undefined)
    return { sql: await readSql({ argument: call.sql, file: call.file }), database: undefined };
  if (call.sql !== undefined || call.file !== undefined)
    throw usage('--saved names the SQL, and it was given as well.', 'Give one of them.');
  return getSavedQuery(call.saved, { history: await (await deps.platform()).history() });
}

/** What is asked of the warehouse; the deps' signal stops it. */
export function requestOf(
  call: QueryCall,
  found: FoundSql,
  deps: QueryCallDeps,
): QueryRequest & { signal: AbortSignal } {
  return {
    sql: found.sql,
    database: call.database ?? found.database ?? deps.settings.lakeDatabase,
    parameters: call.parameters,
    fetch: call.fetch as FetchWay,
    signal: deps.signal,
    notify: (event) => sayEvent(event, deps),
    ...(call.reuseMinutes === undefined ? {} : { reuseMinutes: call.reuseMinutes }),
    ...(call.workgroup === undefined ? {} : { workgroup: call.workgroup }),
    ...(call.resultLocation === undefined ? {} : { resultLocation: call.resultLocation }),
  };
}

/** On a terminal every step of a query; elsewhere only what somebody should know afterwards. */
export function sayEvent(event: QueryEvent, { say, paint }: Pick<QueryCallDeps, 'say' | 'paint'>): void {
  const always =
    event.kind === 'stopped' ||
    event.kind === 'retrying' ||
    event.kind === 'waiting' ||
    event.kind === 'note';
  const message = visible(event.message, { keepNewlines: true });
  if (always) say(message);
  else if (process.stderr.isTTY === true) say(paint('dim', message));
}

/** Throws, before anything is spent, when the query may cost or scan more than the operator said. */
export async function holdToLimits(
  request: QueryRequest,
  limits: Pick<QueryCall, 'costUsdMax' | 'scanBytesMax'>,
  deps: QueryCallDeps,
): Promise<void> {
  if (limits.costUsdMax === undefined && limits.scanBytesMax === undefined) return;
  assertWithinLimits(await estimateOf(request, await deps.platform(), deps), limits);
}

async function estimateOf(request: QueryRequest, platform: Platform, deps: QueryCallDeps) {
  const [warehouse, catalog, lake] = await Promise.all([
    platform.warehouse(),
    platform.catalog(),
    platform.lake(),
  ]);
  const region = deps.settings.region ?? PRICE_REGION;
  return planQuery({ ...request, region }, { warehouse, catalog, lake });
}

async function dryRun(request: QueryRequest, platform: Platform, deps: QueryCallDeps): Promise<object> {
  const estimate = await estimateOf(request, platform, deps);
  const { formatEstimate } = await import('./format/query-estimate.ts');
  await deps.print(formatEstimate(estimate));
  for (const warning of estimate.warnings) deps.say(`${deps.paint('yellow', 'Warning:')} ${warning}`);
  return estimate;
}

async function detach(request: QueryRequest, platform: Platform, deps: QueryCallDeps): Promise<object> {
  const queryId = await (await platform.history()).start(request);
  await deps.print(queryId);
  deps.say(`It runs on. dp query attach ${queryId} waits for it, dp query cancel ${queryId} stops it.`);
  return { queryId };
}

function wantsPrompt({ sql, file, saved }: QueryCall, { prompts }: QueryCallDeps): boolean {
  return sql === undefined && file === undefined && saved === undefined && prompts.interactive;
}

async function openPrompt(call: QueryCall, deps: QueryCallDeps): Promise<undefined> {
  const { runQueryPrompt } = await import('./query-prompt.ts');
  await runQueryPrompt(call, deps);
  return undefined;
}

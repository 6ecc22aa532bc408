import type { PlatformNames } from '../config/platform-names.ts';
import type { Journal } from '../platform/journal.ts';
import { journalReader } from '../platform/journal-lines.ts';
import type { LogReader, LogRequest, LogSourceName, Logs } from '../platform/logs.ts';
import type { RotationStrategy } from '../platform/secrets.ts';
import type { Clock } from '../std/clock.ts';
import type { AwsClients } from './aws-clients.ts';
import { GrowingLog } from './growing-log.ts';
import { type LogGroupDeps, LogGroupReader } from './log-group.ts';
import { sessionReader } from './session-log.ts';

const SOURCES: readonly LogSourceName[] = [
  'api',
  'job',
  'crawler',
  'database',
  'bastion',
  'rotation',
  'changes',
];
/** A look is one call a log group, and CloudWatch takes few calls a second from one account. In milliseconds. */
const LOOK_EVERY_MS = 3_000;

export interface AwsLogsInput {
  readonly clients: AwsClients;
  readonly names: PlatformNames;
  readonly rotationStrategy: RotationStrategy;
  /** The environment's own beginning of names: `staging-data-pipeline-sample`. */
  readonly own: string;
}

export interface AwsLogsDeps {
  readonly journal: () => Promise<Journal>;
  /** The bastion that is there now. */
  readonly bastionId: () => Promise<string>;
  readonly clock: Clock;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Where a source's lines are kept. */
interface LogPlace {
  readonly part?: string;
  readonly prefix: string;
  /** Whether a log group with that prefix is this one; Glue ends the names of some with words of its own. */
  readonly belongs: (group: string) => boolean;
  /** Whether the prefix is the whole name. Of others there may be several, and more later. */
  readonly isOne: boolean;
}

/** What CloudWatch, Session Manager and dp's journal tell of the platform's parts. */
export function openAwsLogs(input: AwsLogsInput, deps: AwsLogsDeps): Logs {
  const places = logPlaces(input);
  const { clients } = input;
  return {
    sources: SOURCES,
    lookEveryMs: LOOK_EVERY_MS,
    open: async (source, request) => {
      if (source === 'changes') {
        const { list } = await deps.journal();
        return [journalReader(source, { list, wanted: /^dp / })];
      }
      if (source === 'bastion') {
        return [sessionReader({ clients, ...request }, deps)];
      }
      const opened = await Promise.all(
        places[source].map((place) => openPlace({ source, place, clients, request }, deps)),
      );
      return opened.flat();
    },
  };
}

function logPlaces({
  names,
  own,
  rotationStrategy,
}: AwsLogsInput): Readonly<Record<Exclude<LogSourceName, 'changes' | 'bastion'>, readonly LogPlace[]>> {
  const exact = (prefix: string, part?: string): LogPlace => ({
    prefix,
    belongs: (group) => group === prefix,
    isOne: true,
    ...(part === undefined ? {} : { part }),
  });
  const { logs } = names;
  return {
    api: [exact(logs.api, 'function'), exact(logs.apiAccess, 'access')],
    // With a security configuration, Glue adds its name to the group's.
    job: [
      {
        prefix: logs.job,
        belongs: (group) => group === logs.job || group.startsWith(`${logs.job}-`),
        isOne: false,
        part: 'driver',
      },
      exact(logs.events, 'events'),
    ],
    crawler: [{ prefix: '/aws-glue/crawlers', belongs: (group) => group.includes(`${own}-`), isOne: false }],
    database: [
      ...(['error', 'slowquery', 'audit', 'general'] as const).map((kind) =>
        exact(logs.database(kind), kind),
      ),
      exact(logs.proxy, 'proxy'),
    ],
    rotation: [exact(logs.rotation(rotationStrategy))],
  };
}

interface PlaceToOpen {
  readonly source: LogSourceName;
  readonly place: LogPlace;
  readonly clients: AwsClients;
  readonly request: LogRequest;
}

async function openPlace(
  { source, place, clients, request }: PlaceToOpen,
  deps: Pick<AwsLogsDeps, 'clock' | 'pause'>,
): Promise<LogReader[]> {
  const find = (): Promise<string[]> => clients.call('list the log groups', () => findGroups(place, clients));
  const groups = await find();
  const said = place.part === undefined ? source : `${source} (${place.part})`;
  const line = { source, ...(place.part === undefined ? {} : { part: place.part }) };
  const reader = (group: string, isMissing = false): LogReader =>
    new LogGroupReader({ group, line, isMissing }, request, { ...deps, ...groupCalls(clients) });
  if (groups.length === 0)
    request.notify(`There is no log of ${said} yet: no log group ${place.prefix} exists.`);
  if (request.patient && !place.isOne)
    return [new GrowingLog({ groups }, { find, open: reader, clock: deps.clock })];
  if (groups.length > 0) return groups.map((group) => reader(group));
  return request.patient ? [reader(place.prefix, true)] : [];
}

async function findGroups({ prefix, belongs }: LogPlace, clients: AwsClients): Promise<string[]> {
  const { paginateDescribeLogGroups } = await import('@aws-sdk/client-cloudwatch-logs');
  const client = await clients.cloudWatchLogs();
  const found: string[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups(
    { client },
    { logGroupNamePrefix: prefix },
  )) {
    found.push(...logGroups.flatMap(({ logGroupName: name = '' }) => (belongs(name) ? [name] : [])));
  }
  return found;
}

function groupCalls(clients: AwsClients): Pick<LogGroupDeps, 'ask' | 'signIn'> {
  return {
    ask: async (query, abortSignal) => {
      const { FilterLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
      const client = await clients.cloudWatchLogs();
      return client.send(new FilterLogEventsCommand({ ...query }), { abortSignal });
    },
    signIn: clients.signIn,
  };
}

/** The shop's database on AWS: Aurora, reached through a tunnel of this process whose door logs in by itself. */
import { type DBCluster, DescribeDBClustersCommand, type RDSClient } from '@aws-sdk/client-rds';
import type {
  ClientRequest,
  Database,
  DatabaseAccess,
  DatabaseState,
  DatabaseUser,
  SqlSession,
} from '../platform/database.ts';
import { sessionCallFailed } from './session-errors.ts';

export interface AwsDatabaseInput {
  /** The cluster's name. */
  readonly cluster: string;
  /** The schema that holds the shop. */
  readonly database: string;
  readonly historyPath: string;
  /** What signs the operator in again. */
  readonly signInCommand: string;
}

/** A tunnel to the writer that asks its clients for a password of its own, and logs them in as one user. */
export interface DatabaseTunnel {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Ends open connections at once, and its session on the service. */
  close(): Promise<void>;
}

export interface AwsDatabaseDeps {
  readonly rds: () => Promise<Pick<RDSClient, 'send'>>;
  /** Gives up when the signal fires. */
  readonly openTunnel: (user: DatabaseUser, signal: AbortSignal) => Promise<DatabaseTunnel>;
  readonly openSession: (access: DatabaseAccess) => Promise<SqlSession>;
  /** Runs the machine's own client, as the port says; `access` is only asked for when there is one. */
  readonly runClient: (
    request: ClientRequest,
    access: () => Promise<DatabaseAccess>,
  ) => Promise<number | undefined>;
  /** The command's: when it fires, tunnels close and statements under way fail. */
  readonly signal: AbortSignal;
}

/** Close it: its tunnels stay open for further sessions of the same user until then. */
export type AwsDatabase = Database & AsyncDisposable;

/** Opens the port. A tunnel is opened when a user first needs it; looking at the cluster needs none. */
export function openAwsDatabase(input: AwsDatabaseInput, deps: AwsDatabaseDeps): AwsDatabase {
  const tunnels = new TunnelPerUser(deps);
  const access = async (user: DatabaseUser): Promise<DatabaseAccess> => {
    const tunnel = await tunnels.open(user);
    const { host, port, password } = tunnel;
    // No TLS up to the door, which is on this machine; from there on the door checks the endpoint's certificate.
    return { host, port, user: tunnel.user, password, database: input.database };
  };
  return {
    name: input.database,
    historyPath: input.historyPath,
    describe: () => describe(input, deps),
    access,
    connect: async (user) => await deps.openSession(await access(user)),
    runClient: (request) => deps.runClient(request, () => access(request.user)),
    [Symbol.asyncDispose]: () => tunnels.close(),
  };
}

class TunnelPerUser {
  private readonly deps: Pick<AwsDatabaseDeps, 'openTunnel' | 'signal'>;
  private readonly opened = new Map<DatabaseUser, Promise<DatabaseTunnel>>();
  private closing: Promise<void> | undefined;
  private readonly closeNow = () => void this.close();

  constructor(deps: Pick<AwsDatabaseDeps, 'openTunnel' | 'signal'>) {
    this.deps = deps;
    deps.signal.addEventListener('abort', this.closeNow, { once: true });
  }

  async open(user: DatabaseUser): Promise<DatabaseTunnel> {
    this.deps.signal.throwIfAborted();
    const known = this.opened.get(user);
    if (known !== undefined) return await known;
    const opening = this.deps.openTunnel(user, this.deps.signal);
    this.opened.set(user, opening);
    // One that could not be opened is tried anew by whoever asks next.
    opening.catch(() => this.opened.delete(user));
    return await opening;
  }

  /** Also ends what was still being opened: the service must not be left with a session. */
  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private async closeAll(): Promise<void> {
    this.deps.signal.removeEventListener('abort', this.closeNow);
    const settled = await Promise.allSettled(this.opened.values());
    const tunnels = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    await Promise.allSettled(tunnels.map((tunnel) => tunnel.close()));
  }
}

/** While these last the cluster answers; in every other state it does not, or not yet. */
const SERVES = new Set([
  'available',
  'backing-up',
  'backtracking',
  'configuring-iam-database-auth',
  'maintenance',
  'modifying',
  'promoting',
  'renaming',
  'resetting-master-credentials',
  'storage-optimization',
  'update-iam-db-auth',
  'upgrading',
]);

async function describe(input: AwsDatabaseInput, deps: Pick<AwsDatabaseDeps, 'rds'>): Promise<DatabaseState> {
  const { database, signInCommand } = input;
  const cluster = await describeCluster({ cluster: input.cluster, signInCommand }, deps);
  if (cluster === undefined) return { state: 'absent', database };
  const { Status = '', Endpoint: host, Port: port, EngineVersion: version } = cluster;
  const about = {
    database,
    cluster: input.cluster,
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(version === undefined ? {} : { version }),
  };
  if (SERVES.has(Status)) return { ...about, state: 'running' };
  const isStopped = Status === 'stopped' || Status === 'stopping';
  return { ...about, state: isStopped ? 'stopped' : 'unreachable' };
}

/** What RDS knows of the cluster; undefined when there is none. */
export async function describeCluster(
  input: { readonly cluster: string; readonly signInCommand: string },
  deps: Pick<AwsDatabaseDeps, 'rds'>,
): Promise<DBCluster | undefined> {
  const { cluster, signInCommand } = input;
  const rds = await deps.rds();
  try {
    const found = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: cluster }));
    return found.DBClusters?.[0];
  } catch (error) {
    if (error instanceof Error && error.name === 'DBClusterNotFoundFault') return undefined;
    const call = { what: `describe the cluster ${cluster}`, permission: 'rds:DescribeDBClusters' };
    throw sessionCallFailed(error, { ...call, signInCommand });
  }
}

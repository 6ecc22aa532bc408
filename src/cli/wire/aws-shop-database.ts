import type { AwsClients } from '../../aws/aws-clients.ts';
import type { DatabaseTunnel } from '../../aws/database.ts';
import type { Settings } from '../../config/settings.ts';
import type { Database, DatabaseUser } from '../../platform/database.ts';
import { systemClock } from '../../std/clock.ts';
import { keptIn } from './disposals.ts';
import type { Surroundings } from './surroundings.ts';

interface AwsShopDatabaseInput {
  readonly settings: Settings;
  readonly surroundings: Surroundings;
  readonly clients: AwsClients;
  readonly disposals: (() => Promise<void>)[];
}

/** The shop's database behind the bastion: the tunnel's operation, and the driver and client that `local` has too. */
export async function openAwsShopDatabase(input: AwsShopDatabaseInput): Promise<Database> {
  const { settings, surroundings, disposals } = input;
  const { openDatabaseOf } = await import('../../aws/open-database.ts');
  const { sessionFailuresOn } = await import('../../aws/database-errors.ts');
  const { openSqlSession } = await import('../../local/sql-session.ts');
  const { localPaths } = await import('../../local/paths.ts');
  const paths = localPaths(settings.projectRoot, settings.environment);
  const environmentVariables = surroundings.environment;
  const failures = sessionFailuresOn(settings.environment);
  const database = await openDatabaseOf(
    settings,
    { clients: input.clients, historyPath: paths.history },
    {
      signal: surroundings.signal(),
      openTunnel: (user, signal) => openShopTunnel(input, { user, signal }),
      openSession: (access) => openSqlSession(access, failures),
      runClient: async ({ starting }, access) => {
        const { findMysqlClient } = await import('../../local/mysql-binaries.ts');
        const client = await findMysqlClient({ environmentVariables, cache: paths.cache });
        if (client === undefined) return undefined;
        const { runMysqlClient } = await import('../../local/mysql-client.ts');
        const logIn = await access();
        starting();
        const { history: historyPath, work: privateFolder } = paths;
        return runMysqlClient({ access: logIn, client, environmentVariables, historyPath, privateFolder });
      },
    },
  );
  return keptIn(disposals)(database);
}

/** Loopback only, with a password that only this process and what it starts know. */
async function openShopTunnel(
  { settings, surroundings, clients }: AwsShopDatabaseInput,
  { user, signal }: { readonly user: DatabaseUser; readonly signal: AbortSignal },
): Promise<DatabaseTunnel> {
  const { openSessionsOf } = await import('../../aws/open-sessions.ts');
  const { openTunnel } = await import('../../operations/open-tunnel.ts');
  const { tunnelLine } = await import('../format/tunnel-line.ts');
  const tunnel = await openTunnel(
    {
      target: 'writer',
      port: 0,
      sessions: 1,
      keepAlive: false,
      raw: false,
      withPassword: true,
      reason: `dp db, as ${user}`,
    },
    {
      sessions: () =>
        openSessionsOf(settings, { clients, user, environmentVariables: surroundings.environment }),
      now: systemClock.now,
      signal,
      notify: (news) => {
        const line = TOLD_OF_TUNNEL.has(news.event) ? tunnelLine(news) : undefined;
        if (line !== undefined) surroundings.note(line);
      },
    },
  );
  const { host, port, user: name = '', password = '' } = tunnel;
  return { host, port, user: name, password, close: () => tunnel.close('done', 0) };
}

/** A tunnel that only serves the command itself is told of when it takes time or is in trouble. */
const TOLD_OF_TUNNEL = new Set(['starting', 'connection', 'reconnecting', 'reconnected', 'degraded']);

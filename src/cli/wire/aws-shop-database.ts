import type { Database } from '../../platform/database.ts';
import { type AwsTunnelInput, openAwsTunnel } from './aws-tunnel.ts';
import { keptIn } from './disposals.ts';

interface AwsShopDatabaseInput extends AwsTunnelInput {
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
      openTunnel: (user, signal) =>
        openAwsTunnel(input, { target: 'writer', user, signal, reason: `dp db, as ${user}` }),
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

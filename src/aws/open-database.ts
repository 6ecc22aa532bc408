/** The database of the chosen AWS environment. */
import { platformNames } from '../config/platform-names.ts';
import type { Settings } from '../config/settings.ts';
import type { AwsClients } from './aws-clients.ts';
import { type AwsDatabase, type AwsDatabaseDeps, openAwsDatabase } from './database.ts';
import { settingsOnAws } from './open-deploy.ts';

export interface OpenDatabaseInput {
  readonly clients: AwsClients;
  /** The file in which a shell keeps what was typed. */
  readonly historyPath: string;
}

/** Checks the account first, so that nothing can be sent to the wrong one. */
export async function openDatabaseOf(
  settings: Settings,
  input: OpenDatabaseInput,
  deps: Omit<AwsDatabaseDeps, 'rds'>,
): Promise<AwsDatabase> {
  const { clients, historyPath } = input;
  const { signIn } = clients;
  const { environment, project } = settings;
  const { cluster } = platformNames({ environment, project, account: await signIn.account() });
  const { name: database } = settingsOnAws(settings).database;
  return openAwsDatabase(
    { cluster, database, historyPath, signInCommand: signIn.command },
    { ...deps, rds: clients.rds },
  );
}

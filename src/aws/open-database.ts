/** The database of the chosen AWS environment. */
import { platformNames } from '../config/platform-names.ts';
import type { Settings } from '../config/settings.ts';
import { openHttpsAgent } from '../tunnel/io/network.ts';
import { type AwsDatabase, type AwsDatabaseDeps, openAwsDatabase } from './database.ts';
import { settingsOnAws } from './open-deploy.ts';
import type { SignIn } from './sign-in.ts';

export interface OpenDatabaseInput {
  readonly signIn: SignIn;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  /** The file in which a shell keeps what was typed. */
  readonly historyPath: string;
}

/** Checks the account first, so that nothing can be sent to the wrong one. */
export async function openDatabaseOf(
  settings: Settings,
  input: OpenDatabaseInput,
  deps: Omit<AwsDatabaseDeps, 'rds'>,
): Promise<AwsDatabase> {
  const { signIn, environmentVariables, historyPath } = input;
  const { region, credentials, command: signInCommand } = signIn;
  const { environment, project } = settings;
  const { cluster } = platformNames({ environment, project, account: await signIn.account() });
  const httpsAgent = openHttpsAgent(environmentVariables);
  const configuration = { region, credentials, requestHandler: { httpsAgent } };
  const { name: database } = settingsOnAws(settings).database;
  return openAwsDatabase(
    { cluster, database, historyPath, signInCommand },
    { ...deps, rds: async () => new (await import('@aws-sdk/client-rds')).RDSClient(configuration) },
  );
}

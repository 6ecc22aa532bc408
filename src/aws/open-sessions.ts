/** The sessions of the chosen AWS environment, with one proxy and TLS setting for SDK and websocket. */
import { platformNames } from '../config/platform-names.ts';
import type { Settings } from '../config/settings.ts';
import type { DatabaseUser } from '../platform/database.ts';
import type { SecretValue } from '../platform/secrets.ts';
import type { Sessions } from '../platform/sessions.ts';
import { openHttpsAgent } from '../tunnel/io/network.ts';
import type { AwsClients } from './aws-clients.ts';
import { givenLogin } from './database-login.ts';
import { loginAsUser } from './login-as-user.ts';
import { settingsOnAws } from './open-deploy.ts';
import { openAwsSessions } from './sessions.ts';

/** The database user that IAM may log in as: nobody needs a secret for a plain `dp db tunnel`. */
const DATABASE_USER = 'shop_api';

export interface OpenSessionsDeps {
  readonly clients: AwsClients;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  /** Whom the door logs in as. @default shop_api */
  readonly user?: DatabaseUser;
  /** What the door logs in with, for trying a password out; `user` is not asked for then. */
  readonly value?: () => SecretValue;
}

/** Checks the account first, so that nothing can be started in the wrong one. */
export async function openSessionsOf(settings: Settings, deps: OpenSessionsDeps): Promise<Sessions> {
  const { clients, environmentVariables, user = DATABASE_USER, value } = deps;
  const { credentials, region, command: signInCommand } = clients.signIn;
  const { environment, project } = settings;
  const account = await clients.signIn.account();
  const httpsAgent = openHttpsAgent(environmentVariables);
  const endpoint = environmentVariables.AWS_ENDPOINT_URL_SSMMESSAGES;
  const names = platformNames({ environment, project, account });
  const { cluster, readerSecret } = names;
  const login = { user, cluster, readerSecret, region, signInCommand };
  return openAwsSessions(
    { names, database: settingsOnAws(settings).database.name, signInCommand },
    {
      ssm: clients.ssm,
      rds: clients.rds,
      loginTo: async (target) =>
        value === undefined
          ? loginAsUser(login, target, { credentials, rds: clients.rds, secrets: clients.secretsManager })
          : givenLogin(target.host, value),
      ec2: clients.ec2,
      address: { credentials, region, httpsAgent, ...(endpoint === undefined ? {} : { endpoint }) },
    },
  );
}

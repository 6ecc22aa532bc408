/** The sessions of the chosen AWS environment, with one proxy and TLS setting for SDK and websocket. */
import { platformNames } from '../config/platform-names.ts';
import type { Settings } from '../config/settings.ts';
import type { DatabaseUser } from '../platform/database.ts';
import type { Sessions } from '../platform/sessions.ts';
import { openHttpsAgent } from '../tunnel/io/network.ts';
import { loginAsUser } from './login-as-user.ts';
import { settingsOnAws } from './open-deploy.ts';
import { openAwsSessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

/** The database user that IAM may log in as: nobody needs a secret for a plain `dp db tunnel`. */
const DATABASE_USER = 'shop_api';

export interface OpenSessionsDeps {
  readonly signIn: SignIn;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  /** Whom the door logs in as. @default shop_api */
  readonly user?: DatabaseUser;
}

/** Checks the account first, so that nothing can be started in the wrong one. */
export async function openSessionsOf(settings: Settings, deps: OpenSessionsDeps): Promise<Sessions> {
  const { signIn, environmentVariables, user = DATABASE_USER } = deps;
  const { credentials, region } = signIn;
  const { environment, project } = settings;
  const account = await signIn.account();
  const httpsAgent = openHttpsAgent(environmentVariables);
  const configuration = { region, credentials, requestHandler: { httpsAgent } };
  const endpoint = environmentVariables.AWS_ENDPOINT_URL_SSMMESSAGES;
  const names = platformNames({ environment, project, account });
  const { cluster, readerSecret } = names;
  const signInCommand = signIn.command;
  const rds = async () => new (await import('@aws-sdk/client-rds')).RDSClient(configuration);
  const secrets = async () =>
    new (await import('@aws-sdk/client-secrets-manager')).SecretsManagerClient(configuration);
  const login = { user, cluster, readerSecret, region, signInCommand };
  return openAwsSessions(
    { names, database: settingsOnAws(settings).database.name, signInCommand },
    {
      ssm: async () => new (await import('@aws-sdk/client-ssm')).SSMClient(configuration),
      rds,
      loginTo: (target) => loginAsUser(login, target, { credentials, rds, secrets }),
      ec2: async () => new (await import('@aws-sdk/client-ec2')).EC2Client(configuration),
      address: { credentials, region, httpsAgent, ...(endpoint === undefined ? {} : { endpoint }) },
    },
  );
}

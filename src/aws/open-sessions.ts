/** The sessions of the chosen AWS environment, with one proxy and TLS setting for SDK and websocket. */
import { platformNames } from '../config/platform-names.ts';
import type { Settings } from '../config/settings.ts';
import type { Sessions } from '../platform/sessions.ts';
import { openHttpsAgent } from '../tunnel/io/network.ts';
import { awsConfiguration } from './aws-configuration.ts';
import { settingsOnAws } from './open-deploy.ts';
import { openAwsSessions } from './sessions.ts';

/** The database user that IAM may log in as; the migrations create it. */
const DATABASE_USER = 'shop_api';

export async function openSessionsOf(
  settings: Settings,
  environmentVariables: Readonly<Record<string, string | undefined>>,
): Promise<Sessions> {
  const platform = settingsOnAws(settings);
  const { region } = platform;
  const { profile, environment, project } = settings;
  const httpsAgent = openHttpsAgent(environmentVariables);
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  const configuration = { ...(await awsConfiguration({ region, profile })), requestHandler: { httpsAgent } };
  const credentials = fromNodeProviderChain(profile === undefined ? {} : { profile });
  const names = platformNames({ environment, project, account: platform.account });
  const endpoint = environmentVariables.AWS_ENDPOINT_URL_SSMMESSAGES;
  return openAwsSessions(
    {
      names,
      database: platform.database.name,
      databaseUser: DATABASE_USER,
      signInCommand: `aws sso login${profile === undefined ? '' : ` --profile ${profile}`}`,
    },
    {
      ssm: async () => new (await import('@aws-sdk/client-ssm')).SSMClient(configuration),
      rds: async () => new (await import('@aws-sdk/client-rds')).RDSClient(configuration),
      ec2: async () => new (await import('@aws-sdk/client-ec2')).EC2Client(configuration),
      address: { credentials, region, httpsAgent, ...(endpoint === undefined ? {} : { endpoint }) },
    },
  );
}

import type { RDSDataClient } from '@aws-sdk/client-rds-data';
import { platformNames } from '../config/platform-names.ts';
import type { PlatformSettings } from '../config/platform-settings.ts';
import type { AwsClients } from './aws-clients.ts';
import { databaseNotDeployed, secretUnusable } from './deploy-errors.ts';
import { describeStack } from './describe-stacks.ts';

/** What each login may do in the shop's database, and nowhere else. A consistent snapshot needs SELECT only. */
const RIGHTS = { shop_api: 'SELECT, INSERT, UPDATE, DELETE', etl_reader: 'SELECT' } as const;

/** Secrets Manager is told to leave these out; a password with one could end its own quotes. */
const UNQUOTABLE = /['"\\]/;

/**
 * Creates the two users of an Aurora that is new, over the Data API: no way into the VPC is needed, and AWS reads the
 * master secret itself. `shop_api` logs in by IAM; `etl_reader` by the password its secret holds, which is set only
 * when the user is made, so that a rotation in between is never undone. Gives what was done, in words.
 */
export async function ensureDatabaseUsers(
  settings: PlatformSettings,
  clients: AwsClients,
): Promise<string[]> {
  const place = await findDatabase(settings, clients);
  // An underscore in a GRANT's database name is a wildcard unless it is escaped.
  const scope = `\`${settings.database.name.replaceAll('_', '\\_')}\`.*`;
  return clients.call(`make the users of ${settings.database.name}`, async () => {
    const client = await clients.rdsData();
    const run = (sql: string) => execute(client, place, sql);
    const existing = await run(
      "SELECT User FROM mysql.user WHERE User IN ('shop_api', 'etl_reader') AND Host = '%'",
    );
    const said: string[] = [];
    if (existing.includes('shop_api')) said.push('User shop_api is there');
    else {
      await run("CREATE USER 'shop_api'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL");
      said.push('Created the user shop_api, who logs in by IAM');
    }
    if (existing.includes('etl_reader')) said.push('User etl_reader is there');
    else {
      const password = await readPassword(place.readerSecretArn, clients);
      await run(`CREATE USER 'etl_reader'@'%' IDENTIFIED BY '${password}' REQUIRE SSL`);
      said.push('Created the user etl_reader with the password of its secret');
    }
    for (const [user, rights] of Object.entries(RIGHTS))
      await run(`GRANT ${rights} ON ${scope} TO '${user}'@'%'`);
    return said;
  });
}

interface DatabasePlace {
  readonly clusterArn: string;
  readonly masterSecretArn: string;
  readonly readerSecretArn: string;
  readonly database: string;
}

async function findDatabase(settings: PlatformSettings, clients: AwsClients): Promise<DatabasePlace> {
  const stack = await describeStack(platformNames(settings).stack('database'), clients);
  const { ClusterArn, MasterSecretArn, ReaderSecretArn } = stack?.outputs ?? {};
  if (ClusterArn === undefined || MasterSecretArn === undefined || ReaderSecretArn === undefined) {
    throw databaseNotDeployed(settings.environment);
  }
  return {
    clusterArn: ClusterArn,
    masterSecretArn: MasterSecretArn,
    readerSecretArn: ReaderSecretArn,
    database: settings.database.name,
  };
}

/** Runs one statement. Gives the first column of what it returns. */
async function execute(client: RDSDataClient, place: DatabasePlace, sql: string): Promise<string[]> {
  const { ExecuteStatementCommand } = await import('@aws-sdk/client-rds-data');
  const { records = [] } = await client.send(
    new ExecuteStatementCommand({
      resourceArn: place.clusterArn,
      secretArn: place.masterSecretArn,
      database: place.database,
      sql,
    }),
  );
  return records.map((record) => record[0]?.stringValue ?? '');
}

async function readPassword(secretArn: string, clients: AwsClients): Promise<string> {
  const { GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  const secrets = await clients.secretsManager();
  const { SecretString = '{}' } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
  const { password } = JSON.parse(SecretString) as { password?: unknown };
  if (typeof password !== 'string' || password === '' || UNQUOTABLE.test(password)) throw secretUnusable();
  return password;
}

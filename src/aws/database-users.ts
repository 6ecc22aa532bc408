import type { RDSDataClient } from '@aws-sdk/client-rds-data';
import { platformNames } from '../config/platform-names.ts';
import type { PlatformSettings } from '../config/platform-settings.ts';
import { otherUser } from '../platform/alternating-users.ts';
import type { SecretValue } from '../platform/secrets.ts';
import type { AwsClients } from './aws-clients.ts';
import { databaseNotDeployed, secretUnusable } from './deploy-errors.ts';
import { describeStack } from './describe-stacks.ts';

/** What each login may do in the shop's database, and nowhere else. A consistent snapshot needs SELECT only. */
const RIGHTS = { shop_api: 'SELECT, INSERT, UPDATE, DELETE', etl_reader: 'SELECT' } as const;

/** Secrets Manager is told to leave these out; a password with one could end its own quotes. */
const UNQUOTABLE = /['"\\]/;

/** The login of `etl_reader`, and the one whom AWS's function makes to take turns with him. */
const READERS = ['etl_reader', otherUser('etl_reader')];

/**
 * Creates the two users of an Aurora that is new, over the Data API: no way into the VPC is needed, and AWS reads the
 * master secret itself. `shop_api` logs in by IAM; `etl_reader` by the password its secret holds, which is set only
 * when the user is made, so that a rotation in between is never undone. Where two users took turns and no longer do,
 * the one who is not in the secret is dropped. Gives what was done, in words.
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
    const names = ['shop_api', ...READERS].map((name) => `'${name}'`).join(', ');
    const existing = await run(`SELECT User FROM mysql.user WHERE User IN (${names}) AND Host = '%'`);
    const said: string[] = [];
    if (existing.includes('shop_api')) said.push('User shop_api is there');
    else {
      await run("CREATE USER 'shop_api'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL");
      said.push('Created the user shop_api, who logs in by IAM');
    }
    await run(`GRANT ${RIGHTS.shop_api} ON ${scope} TO 'shop_api'@'%'`);
    const takeTurns = settings.database.rotationStrategy === 'alternating-users';
    const there = READERS.filter((name) => existing.includes(name));
    const readers = await ensureReaders({ there, takeTurns, place }, { run, clients, said });
    for (const reader of readers) await run(`GRANT ${RIGHTS.etl_reader} ON ${scope} TO '${reader}'@'%'`);
    return said;
  });
}

/** Gives who may read from then on: one user, or the two who take turns. */
async function ensureReaders(
  input: { readonly there: readonly string[]; readonly takeTurns: boolean; readonly place: DatabasePlace },
  deps: {
    readonly run: (sql: string) => Promise<unknown>;
    readonly clients: AwsClients;
    readonly said: string[];
  },
): Promise<readonly string[]> {
  const { there, takeTurns, place } = input;
  const { run, said } = deps;
  if (!takeTurns && there.length === 1 && there[0] === READERS[0]) {
    said.push(`User ${READERS[0]} is there`);
    return there;
  }
  const { username, password } = await readLogin(place.readerSecretArn, deps.clients);
  if (there.includes(username)) said.push(`User ${username} is there`);
  else {
    await run(`CREATE USER '${username}'@'%' IDENTIFIED BY '${password}' REQUIRE SSL`);
    said.push(`Created the user ${username} with the password of its secret`);
  }
  const others = there.filter((name) => name !== username);
  if (takeTurns) return [username, ...others];
  for (const other of others) {
    await run(`DROP USER '${other}'@'%'`);
    said.push(`Dropped the user ${other}: it takes turns no longer`);
  }
  return [username];
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

/** A login that can stand in a statement: one of our users, and a password without quotes. */
async function readLogin(secretArn: string, clients: AwsClients): Promise<SecretValue> {
  const { GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  const { loginIn } = await import('./database-login.ts');
  const secrets = await clients.secretsManager();
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
  const login = loginIn(SecretString);
  if (login === undefined || !READERS.includes(login.user) || UNQUOTABLE.test(login.password))
    throw secretUnusable();
  return { username: login.user, password: login.password };
}

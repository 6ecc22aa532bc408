/** Who logs in with the secret of `etl_reader`, as AWS is set up now, and whether they still can. */
import {
  GetConnectionCommand,
  GetCrawlerCommand,
  GetJobCommand,
  TestConnectionCommand,
} from '@aws-sdk/client-glue';
import { DescribeDBProxiesCommand } from '@aws-sdk/client-rds';
import type { ConsumerCheck, SecretValue } from '../platform/secrets.ts';
import type { TargetName } from '../platform/sessions.ts';
import { messageOf } from '../std/failure.ts';
import type { AwsClients } from './aws-clients.ts';
import { nameOf, statusOf } from './errors.ts';
import type { OpenLoginPath } from './login-path.ts';

/** Glue starts a small worker in the VPC to try a connection, in milliseconds. */
const CONNECTION_TEST_MS_MAX = 60_000;

export interface SecretConsumersInput {
  readonly secretArn: string;
  readonly secretName: string;
  readonly names: {
    readonly connection: string;
    readonly job: string;
    readonly databaseCrawler: string;
    readonly proxy: string;
  };
}

export interface SecretConsumersDeps {
  readonly clients: AwsClients;
  readonly path: OpenLoginPath;
}

/** One who reads the secret. */
export interface AwsConsumer {
  readonly name: string;
  /** Whether a look costs little; the others are only tried by a rotation. */
  readonly isQuick: boolean;
  /** Goes the consumer's way with this value; reports instead of throwing. */
  check(value: SecretValue): Promise<ConsumerCheck>;
}

/** Asks AWS who uses the secret. What cannot be asked counts as using it, since the platform is built so. */
export async function findConsumers(
  input: SecretConsumersInput,
  deps: SecretConsumersDeps,
): Promise<AwsConsumer[]> {
  const { names } = input;
  const [throughProxy, connection, job, crawler] = await Promise.all([
    proxyUses(input, deps).catch(() => false),
    connectionUses(input, deps).catch(() => true),
    jobUses(names, deps).catch(() => true),
    crawlerUses(names, deps).catch(() => true),
  ]);
  const later = (name: string): AwsConsumer => ({
    name,
    isQuick: true,
    check: async () =>
      unproven(name, `reads the secret at its next run, through the connection ${names.connection}`),
  });
  return [
    login('dp db and tunnels', 'writer', deps),
    ...(throughProxy ? [login(`RDS Proxy ${names.proxy}`, 'proxy', deps)] : []),
    ...(connection ? [glueConnection(names.connection, deps)] : []),
    ...(connection && job ? [later(`job ${names.job}`)] : []),
    ...(connection && crawler ? [later(`crawler ${names.databaseCrawler}`)] : []),
  ];
}

/** Every consumer with this value; `quick` leaves out what takes long. */
export async function checkConsumers(
  consumers: readonly AwsConsumer[],
  value: SecretValue,
  how: 'all' | 'quick',
): Promise<ConsumerCheck[]> {
  return Promise.all(
    consumers.map(async (consumer) =>
      how === 'all' || consumer.isQuick
        ? consumer.check(value)
        : unproven(consumer.name, 'is tried by dp secrets rotate only: it takes a while'),
    ),
  );
}

/**
 * What a rotation did to the consumers: a path that could not be gone before it proves nothing when it cannot be
 * gone after.
 */
export function compareChecks(
  before: readonly ConsumerCheck[],
  after: readonly ConsumerCheck[],
): ConsumerCheck[] {
  return after.map((check) => {
    const was = before.find(({ consumer }) => consumer === check.consumer);
    if (check.outcome !== 'failed' || was?.outcome === 'verified') return check;
    return unproven(check.consumer, `it did not work before the rotation either: ${check.detail}`);
  });
}

function login(name: string, target: TargetName, { path }: SecretConsumersDeps): AwsConsumer {
  const check = async (value: SecretValue): Promise<ConsumerCheck> => {
    try {
      await using session = await (await path(target)).logIn(value);
      const { rows } = await session.query('SELECT CURRENT_USER()');
      const detail = `logged in as ${rows[0]?.[0]} through the tunnel, at the ${target}`;
      return { consumer: name, outcome: 'verified', detail };
    } catch (error) {
      return { consumer: name, outcome: 'failed', detail: messageOf(error) };
    }
  };
  return { name, isQuick: true, check };
}

function glueConnection(connection: string, { clients }: SecretConsumersDeps): AwsConsumer {
  const name = `Glue connection ${connection}`;
  const check = async (): Promise<ConsumerCheck> => {
    const glue = await clients.glue();
    const abortSignal = AbortSignal.timeout(CONNECTION_TEST_MS_MAX);
    try {
      await glue.send(new TestConnectionCommand({ ConnectionName: connection }), { abortSignal });
      return { consumer: name, outcome: 'verified', detail: 'Glue connected with it' };
    } catch (error) {
      if (saysNothing(error)) return unproven(name, `Glue could not test it: ${messageOf(error)}`);
      return { consumer: name, outcome: 'failed', detail: messageOf(error) };
    }
  };
  return { name, isQuick: false, check };
}

/** The test itself could not be made, which tells nothing of the connection. */
function saysNothing(error: unknown): boolean {
  const isRefused = /AccessDenied|Throttl|UnknownOperation|InvalidAction|Timeout|Abort|OperationTimeout/;
  return isRefused.test(nameOf(error)) || (statusOf(error) ?? 500) >= 404;
}

function unproven(consumer: string, detail: string): ConsumerCheck {
  return { consumer, outcome: 'unproven', detail };
}

async function proxyUses(
  { names, secretArn }: SecretConsumersInput,
  { clients }: SecretConsumersDeps,
): Promise<boolean> {
  const rds = await clients.rds();
  const { DBProxies = [] } = await rds.send(new DescribeDBProxiesCommand({ DBProxyName: names.proxy }));
  return DBProxies.some(({ Auth = [] }) => Auth.some((auth) => auth.SecretArn === secretArn));
}

async function connectionUses(
  { names, secretArn, secretName }: SecretConsumersInput,
  { clients }: SecretConsumersDeps,
): Promise<boolean> {
  const glue = await clients.glue();
  const request = { Name: names.connection, HidePassword: true };
  const { Connection } = await glue.send(new GetConnectionCommand(request)).catch(gone);
  const id = Connection?.ConnectionProperties?.SECRET_ID;
  return id === secretArn || id === secretName;
}

async function jobUses(
  { job, connection }: SecretConsumersInput['names'],
  { clients }: SecretConsumersDeps,
): Promise<boolean> {
  const glue = await clients.glue();
  const { Job } = await glue.send(new GetJobCommand({ JobName: job })).catch(gone);
  return Job?.Connections?.Connections?.includes(connection) ?? false;
}

async function crawlerUses(
  { databaseCrawler, connection }: SecretConsumersInput['names'],
  { clients }: SecretConsumersDeps,
): Promise<boolean> {
  const glue = await clients.glue();
  const { Crawler } = await glue.send(new GetCrawlerCommand({ Name: databaseCrawler })).catch(gone);
  return (Crawler?.Targets?.JdbcTargets ?? []).some(({ ConnectionName }) => ConnectionName === connection);
}

function gone(error: unknown): { Connection?: never; Crawler?: never; Job?: never } {
  if (nameOf(error) === 'EntityNotFoundException') return {};
  throw error;
}

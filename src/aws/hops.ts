/** What must work on AWS besides the ports, from signing in to the function of the Shop API. */
import { GetWorkGroupCommand } from '@aws-sdk/client-athena';
import { GetConnectionCommand } from '@aws-sdk/client-glue';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { DescribeDBProxiesCommand, DescribeDBProxyTargetsCommand } from '@aws-sdk/client-rds';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import type { PlatformNames } from '../config/platform-names.ts';
import type { PlatformSettings } from '../config/platform-settings.ts';
import { green, type Hop, type HopFinding, red, yellow } from '../platform/hops.ts';
import type { AwsClients } from './aws-clients.ts';
import { describeCluster } from './database.ts';
import { nameOf, statusOf } from './errors.ts';
import { groupsFinding } from './security-group-hop.ts';
import { stacksFinding } from './stacks-hop.ts';

export interface AwsHopsInput {
  readonly settings: PlatformSettings;
  readonly clients: () => Promise<AwsClients>;
  readonly names: () => Promise<PlatformNames>;
}

/** All that a look has at hand. */
export interface AwsLook {
  readonly settings: PlatformSettings;
  readonly clients: AwsClients;
  readonly names: PlatformNames;
}

const FAST_MS = 5_000;
/** Whoever signs in by hand takes a while. */
const SIGN_IN_MS = 120_000;

export function openAwsHops(input: AwsHopsInput): Hop[] {
  const { settings } = input;
  const look = (needs: readonly string[], name: string, see: (at: AwsLook) => Promise<HopFinding>): Hop => ({
    name,
    needs,
    timeLimitMs: FAST_MS,
    check: async () => see({ settings, clients: await input.clients(), names: await input.names() }),
  });
  const behindStacks = look.bind(undefined, ['stacks']);
  return [
    {
      name: 'sign-in',
      needs: ['config'],
      timeLimitMs: SIGN_IN_MS,
      check: async () => {
        const { expiration } = await (await input.clients()).signIn.credentials();
        return green(expiration === undefined ? 'signed in' : `signed in until ${expiration.toISOString()}`);
      },
    },
    {
      name: 'account',
      needs: ['sign-in'],
      timeLimitMs: FAST_MS,
      check: async () => {
        const { signIn } = await input.clients();
        return green(`${await signIn.account()}, ${signIn.region}`);
      },
    },
    look(['account'], 'stacks', stacksFinding),
    behindStacks('security groups', groupsFinding),
    behindStacks('rds proxy', proxyFinding),
    behindStacks('glue connection', connectionFinding),
    behindStacks('s3', bucketsFinding),
    behindStacks('athena workgroup', workgroupFinding),
    behindStacks('shop api function', functionFinding),
  ];
}

async function proxyFinding({ settings, clients, names }: AwsLook): Promise<HopFinding> {
  if (!settings.database.proxy) return green('this environment has none, by its settings');
  return clients.call(`describe the proxy ${names.proxy}`, async () => {
    const rds = await clients.rds();
    const DBProxyName = names.proxy;
    const found = await rds.send(new DescribeDBProxiesCommand({ DBProxyName })).catch(missing);
    const status = found?.DBProxies?.[0]?.Status;
    if (status === undefined) return red(`${names.proxy} is not there`, 'dp deploy');
    if (status !== 'available') return red(`${names.proxy} is ${status}`, 'dp logs database');
    const { Targets = [] } = await rds.send(new DescribeDBProxyTargetsCommand({ DBProxyName }));
    const bad = Targets.find(({ TargetHealth }) => TargetHealth?.State !== 'AVAILABLE');
    if (bad === undefined) return green(`available, with ${Targets.length} healthy targets`);
    const { State, Reason, Description } = bad.TargetHealth ?? {};
    const why = [State, Reason, Description].filter((word) => word !== undefined).join(', ');
    return red(`${bad.RdsResourceId ?? 'a target'} cannot be reached: ${why}`, 'dp logs database');
  });
}

async function connectionFinding({ clients, names }: AwsLook): Promise<HopFinding> {
  const cluster = { cluster: names.cluster, signInCommand: clients.signIn.command };
  const host = (await describeCluster(cluster, clients))?.Endpoint ?? '';
  return clients.call(`look up the Glue connection ${names.connection}`, async () => {
    const glue = await clients.glue();
    const request = new GetConnectionCommand({ Name: names.connection, HidePassword: true });
    const properties = (await glue.send(request).catch(missing))?.Connection?.ConnectionProperties;
    if (properties === undefined) return red(`${names.connection} is not there`, 'dp deploy');
    const { SECRET_ID: secret = '', JDBC_CONNECTION_URL: url = '' } = properties;
    if (!secret.includes(names.readerSecret)) return red('it logs in with another secret', 'dp deploy');
    if (!url.startsWith(`jdbc:mysql://${host}:`))
      return red(`it goes to ${url}, not to ${host}`, 'dp deploy');
    return green(`${names.connection} goes to Aurora with the secret of etl_reader`);
  });
}

async function bucketsFinding({ clients, names }: AwsLook): Promise<HopFinding> {
  for (const bucket of [names.etlBucket, names.resultsBucket]) {
    const state = await clients.call(`look at the bucket ${bucket}`, async () => {
      const s3 = await clients.s3();
      return s3.send(new HeadBucketCommand({ Bucket: bucket })).then(
        () => 'there',
        (error: unknown) => {
          if (statusOf(error) === 404) return 'missing';
          if (statusOf(error) === 403) return 'closed';
          throw error;
        },
      );
    });
    if (state === 'missing') return red(`${bucket} is not there`, 'dp deploy');
    if (state === 'closed')
      return red(`you may not use ${bucket}`, `aws s3api head-bucket --bucket ${bucket}`);
  }
  return green('the buckets of the lake and of results are there');
}

async function workgroupFinding({ clients, names }: AwsLook): Promise<HopFinding> {
  return clients.call(`look up the workgroup ${names.workgroup}`, async () => {
    const athena = await clients.athena();
    const { WorkGroup } = await athena
      .send(new GetWorkGroupCommand({ WorkGroup: names.workgroup }))
      .catch((error: unknown) => {
        if (nameOf(error) === 'InvalidRequestException') return { WorkGroup: undefined };
        throw error;
      });
    if (WorkGroup === undefined) return red(`${names.workgroup} is not there`, 'dp deploy');
    if (WorkGroup.State === 'DISABLED') {
      const command = `aws athena update-work-group --work-group ${names.workgroup} --state ENABLED`;
      return red('it is disabled', command);
    }
    const place = WorkGroup.Configuration?.ResultConfiguration?.OutputLocation ?? '';
    if (!place.startsWith(`s3://${names.resultsBucket}/`)) {
      return yellow(`its results go to ${place || 'nowhere'}`, 'dp deploy');
    }
    return green(`enabled, with results in ${names.resultsBucket}`);
  });
}

async function functionFinding({ clients, names }: AwsLook): Promise<HopFinding> {
  return clients.call(`look up the function ${names.shopApi}`, async () => {
    const lambda = await clients.lambda();
    const request = new GetFunctionConfigurationCommand({ FunctionName: names.shopApi });
    const found = await lambda.send(request).catch(missing);
    if (found === undefined) return red(`${names.shopApi} is not there`, 'dp deploy');
    const { State, StateReason, LastUpdateStatus, LastUpdateStatusReason } = found;
    if (State === 'Failed')
      return red(`it cannot start: ${StateReason ?? 'no reason is given'}`, 'dp logs api');
    if (LastUpdateStatus === 'Failed') {
      return red(`its last update failed: ${LastUpdateStatusReason ?? 'no reason is given'}`, 'dp deploy');
    }
    if (State === 'Pending' || LastUpdateStatus === 'InProgress')
      return yellow('it is changing', 'dp doctor');
    return green(`${names.shopApi} is active`);
  });
}

function missing(error: unknown): undefined {
  if (/NotFound|EntityNotFound/.test(nameOf(error))) return undefined;
  throw error;
}

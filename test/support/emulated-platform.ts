// An environment on AWS as the chain of hops sees it: the platform as the commands open it, moto behind, and answers
// of a labelled stand-in for the few calls that moto does not have (SSM's list of agents, the proxy's targets, a function
// that was never uploaded) and for the Shop API behind API Gateway.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateWorkGroupCommand } from '@aws-sdk/client-athena';
import { CreateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeImagesCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateConnectionCommand } from '@aws-sdk/client-glue';
import { CreateDBClusterCommand } from '@aws-sdk/client-rds';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { AwsClients } from '../../src/aws/aws-clients.ts';
import { openPlatform } from '../../src/cli/wire.ts';
import { nameOf } from '../../src/config/naming.ts';
import { NETWORK_ROLES, type NetworkRole, networkFlows } from '../../src/config/network-flows.ts';
import { LIFE_CYCLES } from '../../src/config/platform-names.ts';
import { platformSettingsOf } from '../../src/config/platform-settings.ts';
import { loadSettings } from '../../src/config/settings.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { startEmulator } from './aws-emulator.ts';
import { awsVariables, openTestClients, TEST_ACCOUNT, TEST_REGION } from './aws-environment.ts';
import { type AwsFaultServer, type OwnAnswer, startFaultServer } from './aws-fault-server.ts';
import { SECRET_NAMES as NAMES } from './aws-secrets.ts';
import { makeDailySchedule } from './daily-schedule.ts';

const STAGING = { kind: 'aws', account: TEST_ACCOUNT, region: TEST_REGION };
const NAME_PARTS = { environment: 'staging', project: 'data-pipeline-sample' };
const TEMPLATE = { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } };

/** What moto does not answer, when all is well. */
const WELL = {
  agent: () => ({ PingStatus: 'Online', AgentVersion: '3.3.3572.0' }),
  target: () => 'AVAILABLE',
  function: () => ({ State: 'Active', LastUpdateStatus: 'Successful' }) as object,
  cluster: () => 'available',
  /** The Shop API's status for a path; `cut` cuts the connection. */
  api: (_path: string): number | 'cut' => 200,
};

export interface EmulatedPlatform extends AsyncDisposable {
  /** Where dp.config.json is. */
  readonly root: string;
  readonly server: AwsFaultServer;
  readonly clients: AwsClients;
  readonly groupIds: ReadonlyMap<NetworkRole, string>;
  /** A test puts another answer in the place of one. */
  readonly standIn: typeof WELL;
  /** Variables of a dp process that works on it. */
  readonly variables: Readonly<Record<string, string>>;
  open(more?: Readonly<Record<string, string>>): {
    readonly platform: Platform;
    readonly lakeDatabase: string;
  };
  /** Writes dp.config.json, with what is given in the place of the environment's own account. */
  configure(account?: string): void;
  /** All is well again. */
  reset(): void;
}

/** Starts it, with what the stacks would have made, as far as the chain looks at it, and no day loaded. */
export async function startEmulatedPlatform(): Promise<EmulatedPlatform> {
  const root = mkdtempSync(join(tmpdir(), 'dp-emulated-'));
  const standIn = { ...WELL };
  const emulator = await startEmulator('moto');
  const api = await startApi((path) => standIn.api(path));
  const made = { instance: '', clusterHost: '', groupIds: new Map<NetworkRole, string>() };
  const server = await startFaultServer(
    () => emulator.endpoint,
    (call) => ownAnswer(call, standIn, made),
  );
  const clients = openTestClients(server.endpoint);
  const configure = (account = TEST_ACCOUNT): void =>
    writeFileSync(
      join(root, 'dp.config.json'),
      JSON.stringify({ environments: { staging: { ...STAGING, account } } }),
    );
  configure();
  await makeStacks(clients, api.url);
  made.groupIds = await makeNetwork(clients);
  made.instance = await makeBastion(clients);
  made.clusterHost = await makeDatabase(clients);
  await makePipeline(clients, made.clusterHost);
  const variables = awsVariables(server.endpoint);
  return {
    ...{ root, server, clients, groupIds: made.groupIds, standIn, variables, configure },
    open: (more = {}) => openIn(root, { ...variables, ...more }),
    reset: () => {
      Object.assign(standIn, WELL);
      server.faults.length = 0;
    },
    async [Symbol.asyncDispose]() {
      await clients.close();
      await server[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
      rmSync(root, { recursive: true });
    },
  };
}

function openIn(root: string, variables: Readonly<Record<string, string>>) {
  const settings = loadSettings({
    flags: { env: 'staging' },
    environment: variables,
    workingDirectory: root,
    home: root,
  });
  const signal = new AbortController().signal;
  const surroundings = { environment: variables, note: () => undefined, signal: () => signal };
  return { platform: openPlatform(settings, surroundings), lakeDatabase: settings.lakeDatabase };
}

function ownAnswer(
  call: string,
  standIn: typeof WELL,
  made: { readonly instance: string; readonly clusterHost: string },
): OwnAnswer | undefined {
  if (call.endsWith('.DescribeInstanceInformation')) {
    const InstanceInformationList = [{ InstanceId: made.instance, ...standIn.agent() }];
    return { answer: { status: 200, body: { InstanceInformationList } } };
  }
  if (call === 'DescribeDBProxies')
    return xmlAnswer(call, '<DBProxies><member><Status>available</Status></member></DBProxies>');
  if (call === 'DescribeDBProxyTargets') {
    const health = `<TargetHealth><State>${standIn.target()}</State><Reason>AUTH_FAILURE</Reason></TargetHealth>`;
    return xmlAnswer(call, `<Targets><member>${health}</member></Targets>`);
  }
  if (call === 'DescribeDBClusters' && standIn.cluster() !== 'available') {
    const cluster = `<Status>${standIn.cluster()}</Status><Endpoint>${made.clusterHost}</Endpoint>`;
    return xmlAnswer(call, `<DBClusters><DBCluster>${cluster}</DBCluster></DBClusters>`);
  }
  if (call.endsWith('/configuration')) return { answer: { status: 200, body: standIn.function() } };
  return undefined;
}

/** An answer of a service that speaks XML. */
export function xmlAnswer(call: string, content: string) {
  const body = `<${call}Response><${call}Result>${content}</${call}Result></${call}Response>`;
  return { answer: { status: 200, body } };
}

/** A STAND-IN for API Gateway and the Shop API behind it: a status for every path. */
async function startApi(statusOf: (typeof WELL)['api']): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    const status = statusOf(request.url ?? '');
    if (status === 'cut') return request.socket.destroy();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function makeStacks(clients: AwsClients, apiUrl: string): Promise<void> {
  for (const life of LIFE_CYCLES) await makeStack(clients, life, apiUrl);
}

/** One stack, with the API's address where it gives one out. */
export async function makeStack(
  clients: AwsClients,
  life: (typeof LIFE_CYCLES)[number],
  apiUrl = '',
): Promise<void> {
  const Outputs = life === 'api' ? { Outputs: { ApiUrl: { Value: apiUrl } } } : {};
  const TemplateBody = JSON.stringify({ ...TEMPLATE, ...Outputs });
  const cloudFormation = await clients.cloudFormation();
  await cloudFormation.send(new CreateStackCommand({ StackName: NAMES.stack(life), TemplateBody }));
}

async function makeDatabase(clients: AwsClients): Promise<string> {
  const rds = await clients.rds();
  const about = { Engine: 'aurora-mysql', MasterUsername: 'admin', ManageMasterUserPassword: true };
  const { DBCluster } = await rds.send(
    new CreateDBClusterCommand({ DBClusterIdentifier: NAMES.cluster, ...about }),
  );
  const secrets = await clients.secretsManager();
  const SecretString = JSON.stringify({ username: 'etl_reader', password: 'not-shown' });
  await secrets.send(new CreateSecretCommand({ Name: NAMES.readerSecret, SecretString }));
  return DBCluster?.Endpoint ?? '';
}

async function makePipeline(clients: AwsClients, clusterHost: string): Promise<void> {
  const { readerSecret, workgroup, resultsBucket, etlBucket } = NAMES;
  for (const bucket of [etlBucket, resultsBucket]) await makeBucket(clients, bucket);
  const glue = await clients.glue();
  await glue.send(new CreateConnectionCommand({ ConnectionInput: connectionTo(clusterHost, readerSecret) }));
  const ResultConfiguration = { OutputLocation: `s3://${resultsBucket}/results/` };
  const athena = await clients.athena();
  await athena.send(new CreateWorkGroupCommand({ Name: workgroup, Configuration: { ResultConfiguration } }));
  await makeDailySchedule(clients, NAMES);
}

export async function makeBucket(clients: AwsClients, Bucket: string): Promise<void> {
  const CreateBucketConfiguration = { LocationConstraint: TEST_REGION } as const;
  await (await clients.s3()).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
}

/** A Glue connection to a host that logs in with a secret. */
export function connectionTo(host: string, secret: string) {
  const { connection: Name } = NAMES;
  const ConnectionProperties = {
    JDBC_CONNECTION_URL: `jdbc:mysql://${host}:3306/stg_core`,
    SECRET_ID: secret,
  };
  return { Name, ConnectionType: 'JDBC' as const, ConnectionProperties };
}

async function makeNetwork(clients: AwsClients): Promise<Map<NetworkRole, string>> {
  const ec2 = await clients.ec2();
  const groupIds = new Map<NetworkRole, string>();
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  for (const role of NETWORK_ROLES) {
    const GroupName = nameOf(NAME_PARTS, 'security group', role);
    const about = { GroupName, Description: role, VpcId: Vpc?.VpcId };
    const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand(about));
    groupIds.set(role, GroupId);
  }
  for (const flow of networkFlows(platformSettingsOf({ ...NAME_PARTS, settings: STAGING }))) {
    const GroupId = groupIds.get(flow.from) ?? '';
    const ports = { IpProtocol: 'tcp', FromPort: flow.firstPort, ToPort: flow.lastPort };
    if (flow.to === 'internet') continue; // A new group may send anywhere.
    if (flow.to === 's3') {
      const IpPermissions = [{ ...ports, PrefixListIds: [{ PrefixListId: 'pl-61a54008' }] }];
      await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
      continue;
    }
    const to = groupIds.get(flow.to) ?? '';
    const way = (other: string) => [{ ...ports, UserIdGroupPairs: [{ GroupId: other }] }];
    await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: way(to) }));
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: to, IpPermissions: way(GroupId) }));
  }
  return groupIds;
}

async function makeBastion(clients: AwsClients): Promise<string> {
  const ec2 = await clients.ec2();
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({}));
  const run = { ImageId: Images[0]?.ImageId ?? '', MinCount: 1, MaxCount: 1 };
  const { Instances = [] } = await ec2.send(new RunInstancesCommand(run));
  const instance = Instances[0]?.InstanceId ?? '';
  const Tags = [{ Key: 'Name', Value: NAMES.bastion }];
  await ec2.send(new CreateTagsCommand({ Resources: [instance], Tags }));
  return instance;
}

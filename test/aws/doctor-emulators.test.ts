// The chain of an environment on AWS, each hop broken on purpose once: the platform as the commands open it, moto
// behind, and answers of a labelled stand-in for the few calls that moto does not have (SSM's list of agents, the
// proxy's targets, a function that was never uploaded).
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { CreateWorkGroupCommand } from '@aws-sdk/client-athena';
import { CreateStackCommand, DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeImagesCommand,
  RevokeSecurityGroupIngressCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateConnectionCommand } from '@aws-sdk/client-glue';
import { CreateDBClusterCommand } from '@aws-sdk/client-rds';
import { CreateBucketCommand, DeleteBucketCommand } from '@aws-sdk/client-s3';
import { CreateScheduleCommand, CreateScheduleGroupCommand } from '@aws-sdk/client-scheduler';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { AwsClients } from '../../src/aws/aws-clients.ts';
import { nameBrokenHop } from '../../src/cli/name-broken-hop.ts';
import { openPlatform } from '../../src/cli/wire.ts';
import { nameOf } from '../../src/config/naming.ts';
import { NETWORK_ROLES, type NetworkRole, networkFlows } from '../../src/config/network-flows.ts';
import { LIFE_CYCLES } from '../../src/config/platform-names.ts';
import { platformSettingsOf } from '../../src/config/platform-settings.ts';
import { loadSettings } from '../../src/config/settings.ts';
import { type Diagnosis, diagnosePlatform } from '../../src/operations/diagnose-platform.ts';
import { type Emulator, startEmulator } from '../support/aws-emulator.ts';
import { awsVariables, openTestClients, TEST_ACCOUNT, TEST_REGION } from '../support/aws-environment.ts';
import { type AwsFaultServer, startFaultServer } from '../support/aws-fault-server.ts';
import { SECRET_NAMES as NAMES } from '../support/aws-secrets.ts';

const root = mkdtempSync(join(tmpdir(), 'dp-doctor-aws-'));
const staging = { kind: 'aws', account: TEST_ACCOUNT, region: TEST_REGION };
const NAME_PARTS = { environment: 'staging', project: 'data-pipeline-sample' };
const groupIds = new Map<NetworkRole, string>();
let emulator: Emulator;
let server: AwsFaultServer;
let clients: AwsClients;
let instance = '';
let clusterHost = '';

/** What moto does not answer; a test puts another answer in its place. */
const usual = {
  agent: () => ({ PingStatus: 'Online', AgentVersion: '3.3.3572.0' }),
  target: () => 'AVAILABLE',
  function: () => ({ State: 'Active', LastUpdateStatus: 'Successful' }) as object,
  cluster: () => 'available',
};
let standIn = { ...usual };

before(async () => {
  emulator = await startEmulator('moto');
  server = await startFaultServer(
    () => emulator.endpoint,
    (call) => {
      if (call.endsWith('.DescribeInstanceInformation')) {
        const InstanceInformationList = [{ InstanceId: instance, ...standIn.agent() }];
        return { answer: { status: 200, body: { InstanceInformationList } } };
      }
      if (call === 'DescribeDBProxies')
        return xml(call, '<DBProxies><member><Status>available</Status></member></DBProxies>');
      if (call === 'DescribeDBProxyTargets') {
        const health = `<TargetHealth><State>${standIn.target()}</State><Reason>AUTH_FAILURE</Reason></TargetHealth>`;
        return xml(call, `<Targets><member>${health}</member></Targets>`);
      }
      if (call === 'DescribeDBClusters' && standIn.cluster() !== 'available') {
        const cluster = `<Status>${standIn.cluster()}</Status><Endpoint>${clusterHost}</Endpoint>`;
        return xml(call, `<DBClusters><DBCluster>${cluster}</DBCluster></DBClusters>`);
      }
      if (call.endsWith('/configuration')) return { answer: { status: 200, body: standIn.function() } };
      return undefined;
    },
  );
  clients = openTestClients(server.endpoint);
  writeFileSync(join(root, 'dp.config.json'), JSON.stringify({ environments: { staging } }));
  await makePlatform();
});

beforeEach(() => {
  standIn = { ...usual };
  server.faults.length = 0;
});

after(async () => {
  await clients.close();
  await server[Symbol.asyncDispose]();
  await emulator[Symbol.asyncDispose]();
  rmSync(root, { recursive: true });
});

function xml(call: string, content: string) {
  const body = `<${call}Response><${call}Result>${content}</${call}Result></${call}Response>`;
  return { answer: { status: 200, body } };
}

/** What the stacks would have made, as far as the chain looks at it. */
async function makePlatform(): Promise<void> {
  const TemplateBody = JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
  const cloudFormation = await clients.cloudFormation();
  for (const life of LIFE_CYCLES) {
    await cloudFormation.send(new CreateStackCommand({ StackName: NAMES.stack(life), TemplateBody }));
  }
  await makeNetwork();
  const { readerSecret, workgroup, resultsBucket, etlBucket, cluster } = NAMES;
  const s3 = await clients.s3();
  for (const Bucket of [etlBucket, resultsBucket]) await makeBucket(s3, Bucket);
  const rds = await clients.rds();
  const about = { Engine: 'aurora-mysql', MasterUsername: 'admin', ManageMasterUserPassword: true };
  const { DBCluster } = await rds.send(
    new CreateDBClusterCommand({ DBClusterIdentifier: cluster, ...about }),
  );
  clusterHost = DBCluster?.Endpoint ?? '';
  const secrets = await clients.secretsManager();
  const SecretString = JSON.stringify({ username: 'etl_reader', password: 'not-shown' });
  await secrets.send(new CreateSecretCommand({ Name: readerSecret, SecretString }));
  const glue = await clients.glue();
  await glue.send(new CreateConnectionCommand({ ConnectionInput: connectionTo(readerSecret) }));
  const ResultConfiguration = { OutputLocation: `s3://${resultsBucket}/results/` };
  const athena = await clients.athena();
  await athena.send(new CreateWorkGroupCommand({ Name: workgroup, Configuration: { ResultConfiguration } }));
  const scheduler = await clients.scheduler();
  await scheduler.send(new CreateScheduleGroupCommand({ Name: NAMES.scheduleGroup }));
  await scheduler.send(new CreateScheduleCommand(schedule('ENABLED')));

  function schedule(State: 'ENABLED' | 'DISABLED') {
    return {
      Name: NAMES.schedule,
      GroupName: NAMES.scheduleGroup,
      State,
      ScheduleExpression: 'cron(0 2 * * ? *)',
      ScheduleExpressionTimezone: 'Asia/Tokyo',
      FlexibleTimeWindow: { Mode: 'OFF' as const },
      Target: {
        Arn: 'arn:aws:scheduler:::aws-sdk:glue:startJobRun',
        RoleArn: 'arn:aws:iam::123456789012:role/x',
      },
    };
  }
}

async function makeBucket(s3: Awaited<ReturnType<AwsClients['s3']>>, Bucket: string): Promise<void> {
  const CreateBucketConfiguration = { LocationConstraint: 'ap-northeast-1' as const };
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
}

function connectionTo(secret: string) {
  const { connection: Name } = NAMES;
  const url = `jdbc:mysql://${clusterHost}:3306/stg_core`;
  const ConnectionProperties = { JDBC_CONNECTION_URL: url, SECRET_ID: secret };
  return { Name, ConnectionType: 'JDBC' as const, ConnectionProperties };
}

async function makeNetwork(): Promise<void> {
  const ec2 = await clients.ec2();
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  for (const role of NETWORK_ROLES) {
    const GroupName = nameOf(NAME_PARTS, 'security group', role);
    const about = { GroupName, Description: role, VpcId: Vpc?.VpcId };
    const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand(about));
    groupIds.set(role, GroupId);
  }
  for (const flow of networkFlows(platformSettingsOf({ ...NAME_PARTS, settings: staging }))) {
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
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({}));
  const run = { ImageId: Images[0]?.ImageId ?? '', MinCount: 1, MaxCount: 1 };
  const { Instances = [] } = await ec2.send(new RunInstancesCommand(run));
  instance = Instances[0]?.InstanceId ?? '';
  const Tags = [{ Key: 'Name', Value: NAMES.bastion }];
  await ec2.send(new CreateTagsCommand({ Resources: [instance], Tags }));
}

function open(more: Readonly<Record<string, string>> = {}) {
  const variables = { ...awsVariables(server.endpoint), ...more };
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

/** The chain without what opens a tunnel or runs a query: moto has neither a bastion nor Athena's engine. */
async function doctor(more: Readonly<Record<string, string>> = {}, fix = false): Promise<Diagnosis> {
  const opened = open(more);
  await using _platform = opened.platform;
  return await diagnosePlatform(
    { fix, hint: true },
    { open: async () => opened, nowMs: () => performance.now() },
  );
}

async function findsBroken(
  name: string,
  reason: RegExp,
  more?: Readonly<Record<string, string>>,
): Promise<void> {
  const { hops, broken, light } = await doctor(more);
  const hop = hops.find((one) => one.name === name);
  assert.equal(hop?.light, 'red', JSON.stringify(hops));
  assert.equal(broken, name);
  assert.equal(light, 'red');
  assert.match(hop?.reason ?? '', reason);
  assert.ok(hop?.command);
}

/** The API is on the internet by its own name, which nobody here has. */
const NOT_HERE = new Set(['shop api']);

test('a platform that is there is green in order, with yellow where no day is loaded', async () => {
  const { version, hops } = await doctor();
  assert.equal(version, 1);
  const seen = hops.filter(({ name }) => !NOT_HERE.has(name));
  assert.deepEqual(
    seen.map(({ name, light }) => `${name}: ${light}`),
    [
      'config: green',
      'sign-in: green',
      'account: green',
      'stacks: green',
      'bastion: green',
      'security groups: green',
      'rds proxy: green',
      'aurora: green',
      'secrets: green',
      'glue connection: green',
      's3: green',
      'lake: yellow',
      'catalog: yellow',
      'athena workgroup: green',
      'shop api function: green',
      'schedule: green',
      'freshness: yellow',
    ],
    JSON.stringify(hops),
  );
});

test('sign-in: nobody is', async () => {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: key } = process.env;
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
  try {
    await findsBroken('sign-in', /no credentials/, { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
  } finally {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: key });
  }
});

test('account: another one, and nothing else is asked', async () => {
  writeFileSync(
    join(root, 'dp.config.json'),
    JSON.stringify({ environments: { staging: { ...staging, account: '999999999999' } } }),
  );
  const calls = server.calls.length;
  await findsBroken('account', /may only touch 999999999999/);
  assert.deepEqual([...new Set(server.calls.slice(calls))], ['GetCallerIdentity']);
  writeFileSync(join(root, 'dp.config.json'), JSON.stringify({ environments: { staging } }));
});

test('stacks: one was never deployed, and what lies behind is skipped', async () => {
  const cloudFormation = await clients.cloudFormation();
  const StackName = NAMES.stack('ops');
  await cloudFormation.send(new DeleteStackCommand({ StackName }));
  await findsBroken('stacks', /not deployed: ops/);
  assert.equal((await doctor()).hops.find(({ name }) => name === 'aurora')?.light, 'skipped');
  const TemplateBody = JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
  await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody }));
});

for (const [status, drift, light, reason] of [
  ['UPDATE_ROLLBACK_FAILED', 'IN_SYNC', 'red', /stuck: /],
  ['ROLLBACK_COMPLETE', 'IN_SYNC', 'red', /never made whole/],
  ['UPDATE_COMPLETE', 'DRIFTED', 'yellow', /drifted when last looked at/],
  ['UPDATE_IN_PROGRESS', 'IN_SYNC', 'yellow', /changing now/],
] as const) {
  test(`stacks: ${status}, ${drift}`, async () => {
    const stack =
      `<StackName>x</StackName><StackStatus>${status}</StackStatus><CreationTime>2026-11-23T00:00:00Z</CreationTime>` +
      `<DriftInformation><StackDriftStatus>${drift}</StackDriftStatus></DriftInformation>`;
    const { answer } = xml('DescribeStacks', `<Stacks><member>${stack}</member></Stacks>`);
    server.faults.push({ call: 'DescribeStacks', answer });
    const hop = (await doctor()).hops.find(({ name }) => name === 'stacks');
    assert.equal(hop?.light, light);
    assert.match(hop?.reason ?? '', reason);
  });
}

test('bastion: its agent is away', async () => {
  standIn.agent = () => ({ PingStatus: 'ConnectionLost', AgentVersion: '3.3.3572.0' });
  await findsBroken('bastion', /ConnectionLost/);
});

test('security groups: a way is shut, or everybody is let in', async () => {
  const ec2 = await clients.ec2();
  const GroupId = groupIds.get('database') ?? '';
  const pair = [{ GroupId: groupIds.get('glue') ?? '' }];
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306, UserIdGroupPairs: pair }];
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  await findsBroken('security groups', /glue cannot reach database on 3306: database does not let it in/);
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  const world = [{ IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: world }));
  await findsBroken('security groups', /database lets everybody in/);
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: world }));
});

test('rds proxy: it cannot reach Aurora', async () => {
  standIn.target = () => 'UNAVAILABLE';
  await findsBroken('rds proxy', /UNAVAILABLE, AUTH_FAILURE/);
});

test('aurora: it is stopped, and a command that failed on the database says so', async () => {
  standIn.cluster = () => 'stopped';
  await findsBroken('aurora', /stopped/);
  const opened = open();
  await using _platform = opened.platform;
  const report = { code: 'database-unreachable', message: '', nextSteps: [], docs: '' };
  assert.equal((await nameBrokenHop(report, opened))?.hop, 'aurora');
});

test('secrets: a rotation was cut off is yellow, none at all is red', async () => {
  const secrets = await clients.secretsManager();
  const ClientRequestToken = 'a0000000-0000-4000-8000-000000000000';
  const about = { SecretId: NAMES.readerSecret, ClientRequestToken, VersionStages: ['AWSPENDING'] };
  await secrets.send(
    new PutSecretValueCommand({ ...about, SecretString: '{"username":"x","password":"y"}' }),
  );
  const hop = (await doctor()).hops.find(({ name }) => name === 'secrets');
  assert.equal(hop?.light, 'yellow');
  assert.deepEqual([hop?.command, hop?.reason.includes('cut off')], ['dp doctor --fix', true]);
  const label = { VersionStage: 'AWSPENDING', RemoveFromVersionId: ClientRequestToken };
  await secrets.send(new UpdateSecretVersionStageCommand({ SecretId: NAMES.readerSecret, ...label }));
  const answer = { status: 400, body: { __type: 'ResourceNotFoundException', message: 'not there' } };
  server.faults.push({ call: '.DescribeSecret', answer });
  await findsBroken('secrets', /does not exist/);
});

test('glue connection: it logs in with another secret, or goes elsewhere', async () => {
  const other = connectionTo('another');
  server.faults.push({ call: '.GetConnection', answer: { status: 200, body: { Connection: other } } });
  // The first of the two that ask is the one that lists who uses the secret.
  server.faults.push({ call: '.GetConnection', answer: { status: 200, body: { Connection: other } } });
  await findsBroken('glue connection', /another secret/);
  const JDBC_CONNECTION_URL = 'jdbc:mysql://old:3306/stg_core';
  const ConnectionProperties = { SECRET_ID: NAMES.readerSecret, JDBC_CONNECTION_URL };
  const answer = { status: 200, body: { Connection: { ConnectionProperties } } };
  server.faults.push({ call: '.GetConnection', answer, times: 2 });
  await findsBroken('glue connection', /it goes to jdbc:mysql:\/\/old/);
});

test('s3: a bucket is gone', async () => {
  const s3 = await clients.s3();
  await s3.send(new DeleteBucketCommand({ Bucket: NAMES.resultsBucket }));
  await findsBroken('s3', /athena-results.* is not there/);
  await makeBucket(s3, NAMES.resultsBucket);
});

test('athena workgroup: disabled', async () => {
  const WorkGroup = { Name: NAMES.workgroup, State: 'DISABLED' };
  server.faults.push({ call: '.GetWorkGroup', answer: { status: 200, body: { WorkGroup } } });
  await findsBroken('athena workgroup', /disabled/);
});

test('shop api function: its image is gone', async () => {
  standIn.function = () => ({ State: 'Failed', StateReason: 'The image is not there' });
  await findsBroken('shop api function', /cannot start: The image is not there/);
});

test('schedule: there is none', async () => {
  const answer = { status: 404, body: { __type: 'ResourceNotFoundException', message: 'no schedule' } };
  server.faults.push({ call: `GET /schedules/${NAMES.schedule}?groupName=${NAMES.scheduleGroup}`, answer });
  const hop = (await doctor()).hops.find(({ name }) => name === 'schedule');
  assert.equal(
    hop?.light,
    'red',
    JSON.stringify([hop, server.calls.filter((call) => call.includes('schedules'))]),
  );
});

test('a hop that hangs is given up on and named, and the others are looked at', async () => {
  server.faults.push({ call: '.GetWorkGroup', answer: 'lost', times: 10 });
  const { hops } = await doctor();
  assert.equal(hops.find(({ name }) => name === 'athena workgroup')?.light, 'red');
  assert.equal(hops.find(({ name }) => name === 's3')?.light, 'green');
});

test('dp doctor says each hop on its own line with what fixes it', async () => {
  standIn.target = () => 'UNAVAILABLE';
  const { formatDiagnosis } = await import('../../src/cli/format/diagnosis.ts');
  const text = formatDiagnosis(await doctor(), (_colour, words) => words);
  assert.match(text, /^✓ security groups /m);
  assert.match(text, /^✗ rds proxy .*UNAVAILABLE.*\n\s+Try: dp logs database/m);
  assert.match(text, /Broken: rds proxy\./);
});

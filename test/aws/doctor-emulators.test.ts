// The chain of an environment on AWS, each hop broken on purpose once: the platform as the commands open it, moto
// behind, and the labelled stand-ins of test/support/emulated-platform.ts. The hops of the data and of the logins are in
// doctor-whole-emulators.test.ts.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { AuthorizeSecurityGroupIngressCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { DeleteBucketCommand } from '@aws-sdk/client-s3';
import { PutSecretValueCommand, UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { nameBrokenHop } from '../../src/cli/name-broken-hop.ts';
import type { Diagnosis } from '../../src/operations/diagnose-platform.ts';
import type { CheckedHop } from '../../src/operations/run-hops.ts';
import { SECRET_NAMES as NAMES } from '../support/aws-secrets.ts';
import { assertBroken, diagnose, hopOf } from '../support/diagnose.ts';
import {
  connectionTo,
  type EmulatedPlatform,
  makeBucket,
  makeStack,
  startEmulatedPlatform,
  xmlAnswer,
} from '../support/emulated-platform.ts';

let platform: EmulatedPlatform;

before(async () => {
  platform = await startEmulatedPlatform();
});

beforeEach(() => platform.reset());

after(() => platform[Symbol.asyncDispose]());

/** The chain without what opens a tunnel or runs a query: those hops have tests of their own. */
const doctor = (more?: Readonly<Record<string, string>>): Promise<Diagnosis> =>
  diagnose(() => platform.open(more));

async function findsBroken(
  name: string,
  reason: RegExp,
  more?: Readonly<Record<string, string>>,
): Promise<CheckedHop> {
  return assertBroken(await doctor(more), name, reason);
}

test('a platform that is there is green in order, with yellow where no day is loaded', async () => {
  const { version, hops } = await doctor();
  assert.equal(version, 1);
  assert.deepEqual(
    hops.map(({ name, light }) => `${name}: ${light}`),
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
      'shop api: green',
      'schedule: green',
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
  platform.configure('999999999999');
  const calls = platform.server.calls.length;
  await findsBroken('account', /may only touch 999999999999/);
  assert.deepEqual([...new Set(platform.server.calls.slice(calls))], ['GetCallerIdentity']);
  platform.configure();
});

test('stacks: one was never deployed, and what lies behind is skipped', async () => {
  const cloudFormation = await platform.clients.cloudFormation();
  await cloudFormation.send(new DeleteStackCommand({ StackName: NAMES.stack('ops') }));
  await findsBroken('stacks', /not deployed: ops/);
  assert.equal(hopOf(await doctor(), 'aurora')?.light, 'skipped');
  await makeStack(platform.clients, 'ops');
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
    const { answer } = xmlAnswer('DescribeStacks', `<Stacks><member>${stack}</member></Stacks>`);
    platform.server.faults.push({ call: 'DescribeStacks', answer });
    const hop = hopOf(await doctor(), 'stacks');
    assert.equal(hop.light, light);
    assert.match(hop.reason, reason);
  });
}

test('bastion: its agent is away', async () => {
  platform.standIn.agent = () => ({ PingStatus: 'ConnectionLost', AgentVersion: '3.3.3572.0' });
  await findsBroken('bastion', /ConnectionLost/);
});

test('security groups: a way is shut, or everybody is let in', async () => {
  const ec2 = await platform.clients.ec2();
  const GroupId = platform.groupIds.get('database') ?? '';
  const pair = [{ GroupId: platform.groupIds.get('glue') ?? '' }];
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
  platform.standIn.target = () => 'UNAVAILABLE';
  await findsBroken('rds proxy', /UNAVAILABLE, AUTH_FAILURE/);
});

test('aurora: it is stopped, and a command that failed on the database says so', async () => {
  platform.standIn.cluster = () => 'stopped';
  await findsBroken('aurora', /stopped/);
  const opened = platform.open();
  await using _platform = opened.platform;
  const report = { code: 'database-unreachable', message: '', nextSteps: [], docs: '' };
  assert.equal((await nameBrokenHop(report, opened))?.hop, 'aurora');
});

test('secrets: a rotation was cut off is yellow, none at all is red', async () => {
  const secrets = await platform.clients.secretsManager();
  const ClientRequestToken = 'a0000000-0000-4000-8000-000000000000';
  const about = { SecretId: NAMES.readerSecret, ClientRequestToken, VersionStages: ['AWSPENDING'] };
  await secrets.send(
    new PutSecretValueCommand({ ...about, SecretString: '{"username":"x","password":"y"}' }),
  );
  const hop = hopOf(await doctor(), 'secrets');
  assert.equal(hop.light, 'yellow');
  assert.deepEqual([hop.command, hop.reason.includes('cut off')], ['dp doctor --fix', true]);
  const label = { VersionStage: 'AWSPENDING', RemoveFromVersionId: ClientRequestToken };
  await secrets.send(new UpdateSecretVersionStageCommand({ SecretId: NAMES.readerSecret, ...label }));
  const answer = { status: 400, body: { __type: 'ResourceNotFoundException', message: 'not there' } };
  platform.server.faults.push({ call: '.DescribeSecret', answer });
  await findsBroken('secrets', /does not exist/);
});

test('glue connection: it logs in with another secret, or goes elsewhere', async () => {
  const answers = (Connection: object): void => {
    // Two ask: the other one lists who uses the secret.
    const answer = { status: 200, body: { Connection } };
    platform.server.faults.push({ call: '.GetConnection', answer, times: 2 });
  };
  answers(connectionTo('aurora', 'another'));
  await findsBroken('glue connection', /another secret/);
  answers(connectionTo('old', NAMES.readerSecret));
  await findsBroken('glue connection', /it goes to jdbc:mysql:\/\/old/);
});

test('s3: a bucket is gone', async () => {
  const s3 = await platform.clients.s3();
  await s3.send(new DeleteBucketCommand({ Bucket: NAMES.resultsBucket }));
  await findsBroken('s3', /athena-results.* is not there/);
  await makeBucket(platform.clients, NAMES.resultsBucket);
});

test('athena workgroup: disabled', async () => {
  const WorkGroup = { Name: NAMES.workgroup, State: 'DISABLED' };
  platform.server.faults.push({ call: '.GetWorkGroup', answer: { status: 200, body: { WorkGroup } } });
  await findsBroken('athena workgroup', /disabled/);
});

test('shop api function: its image is gone', async () => {
  platform.standIn.function = () => ({ State: 'Failed', StateReason: 'The image is not there' });
  await findsBroken('shop api function', /cannot start: The image is not there/);
});

test('schedule: there is none; one that is paused is yellow', async () => {
  const call = `GET /schedules/${NAMES.schedule}?groupName=${NAMES.scheduleGroup}`;
  const answer = { status: 404, body: { __type: 'ResourceNotFoundException', message: 'no schedule' } };
  platform.server.faults.push({ call, answer });
  await findsBroken('schedule', /There is no daily schedule/);
  const opened = platform.open();
  await using _platform = opened.platform;
  const schedule = await opened.platform.schedule();
  const before = await schedule.show();
  assert.ok(before);
  await schedule.change({ ...before, enabled: false });
  const paused = hopOf(await doctor(), 'schedule');
  assert.deepEqual([paused.light, paused.command], ['yellow', 'dp etl schedule resume']);
  await schedule.change(before);
});

test('a hop that hangs is given up on and named, and the others are looked at', async () => {
  platform.server.faults.push({ call: '.GetWorkGroup', answer: 'lost', times: 10 });
  const found = await doctor();
  assert.equal(hopOf(found, 'athena workgroup').light, 'red');
  assert.equal(hopOf(found, 's3').light, 'green');
});

test('dp doctor says each hop on its own line with what fixes it', async () => {
  platform.standIn.target = () => 'UNAVAILABLE';
  const { formatDiagnosis } = await import('../../src/cli/format/diagnosis.ts');
  const text = formatDiagnosis(await doctor(), (_colour, words) => words);
  assert.match(text, /^✓ security groups /m);
  assert.match(text, /^✗ rds proxy .*UNAVAILABLE.*\n\s+Try: dp logs database/m);
  assert.match(text, /Broken: rds proxy\./);
});

// Session Manager's adapter through the real SDK, against a small endpoint on loopback that answers as AWS does,
// and a gateway that takes the signed channel.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import test from 'node:test';
import { EC2Client } from '@aws-sdk/client-ec2';
import { RDSClient } from '@aws-sdk/client-rds';
import { SSMClient } from '@aws-sdk/client-ssm';
import { openAwsSessions } from '../../src/aws/sessions.ts';
import { GATEWAY_OPTIONS, SessionGateway } from '../../src/local/session-gateway.ts';
import { openTunnel } from '../../src/operations/open-tunnel.ts';
import type { TunnelNews } from '../../src/operations/tunnel-news.ts';
import { GREETING_VERSION, openGreetingServer } from '../support/greeting-server.ts';

const TIMEOUT = { timeout: 60_000 };
type Answers = Record<string, (input: Record<string, unknown>) => { status?: number; body: unknown }>;

/** Answers SSM by operation (JSON), EC2 and RDS by action (XML). Keeps what was asked. */
async function openEndpoint(answers: Answers) {
  const asked: { operation: string; input: Record<string, unknown> }[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const target = request.headers['x-amz-target'];
    const isJson = typeof target === 'string';
    const operation = isJson ? (target.split('.')[1] ?? '') : (new URLSearchParams(body).get('Action') ?? '');
    const input = isJson ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
    asked.push({ operation, input });
    const { status = 200, body: answer } = answers[operation]?.(input) ?? { status: 400, body: {} };
    response.writeHead(status, { 'content-type': isJson ? 'application/x-amz-json-1.1' : 'text/xml' });
    response.end(isJson ? JSON.stringify(answer) : String(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };
  const configuration = { region: 'ap-northeast-1', endpoint, credentials, maxAttempts: 1 };
  const clients = {
    ssm: new SSMClient(configuration),
    rds: new RDSClient(configuration),
    ec2: new EC2Client(configuration),
  };
  const sessions = (ssmmessages?: string) =>
    openAwsSessions(
      {
        names: { bastion: 'stg-bastion', cluster: 'stg-database', proxy: 'stg-proxy' },
        database: 'stg_core',
        databaseUser: 'shop_api',
        signInCommand: 'aws sso login',
      },
      {
        ssm: async () => clients.ssm,
        rds: async () => clients.rds,
        ec2: async () => clients.ec2,
        address: {
          credentials: async () => credentials,
          region: 'ap-northeast-1',
          ...(ssmmessages === undefined ? {} : { endpoint: ssmmessages }),
        },
      },
    );
  return {
    asked,
    sessions,
    [Symbol.asyncDispose]: async () => {
      for (const client of Object.values(clients)) client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const cluster = (host: string, port: number) =>
  `<DescribeDBClustersResponse><DescribeDBClustersResult><DBClusters><DBCluster><Endpoint>${host}</Endpoint>` +
  `<ReaderEndpoint>reader.${host}</ReaderEndpoint><Port>${port}</Port></DBCluster></DBClusters>` +
  '</DescribeDBClustersResult></DescribeDBClustersResponse>';
const instances = (...ids: string[]) =>
  `<DescribeInstancesResponse><reservationSet>${ids
    .map((id) => `<item><instancesSet><item><instanceId>${id}</instanceId></item></instancesSet></item>`)
    .join('')}</reservationSet></DescribeInstancesResponse>`;
const information = (AgentVersion: string, PingStatus = 'Online') => ({
  InstanceInformationList: [{ InstanceId: 'i-0a1', AgentVersion, PingStatus }],
});

test('the whole way to AWS: found, started with a reason, signed, greeted, ended', TIMEOUT, async () => {
  await using server = await openGreetingServer();
  const gateway = await SessionGateway.open(GATEWAY_OPTIONS, {
    dial: () => connect({ host: '127.0.0.1', port: server.port }),
  });
  const grantOf = (grant: ReturnType<SessionGateway['resume']>) => ({
    body: { SessionId: grant?.sessionId, StreamUrl: grant?.streamUrl, TokenValue: grant?.token },
  });
  await using endpoint = await openEndpoint({
    DescribeDBClusters: () => ({ body: cluster('writer.example', 3306) }),
    DescribeInstances: () => ({ body: instances('i-0a1') }),
    DescribeInstanceInformation: () => ({ body: information('3.3.3572.0') }),
    StartSession: () => grantOf(gateway.start({ host: 'writer.example', port: 3306 })),
    ResumeSession: ({ SessionId }) => grantOf(gateway.resume(String(SessionId))),
    TerminateSession: ({ SessionId }) => {
      gateway.terminate(String(SessionId));
      return { body: { SessionId } };
    },
    GetDocument: () => ({
      body: { Content: '{"inputs":{"idleSessionTimeout":"20","maxSessionDuration":""}}' },
    }),
  });
  const sessions = endpoint.sessions(`http://127.0.0.1:${gateway.port}`);
  const news: TunnelNews[] = [];
  const tunnel = await openTunnel(
    {
      target: 'writer',
      port: 0,
      sessions: 1,
      keepAlive: false,
      raw: true,
      withPassword: false,
      reason: 'why not',
    },
    {
      sessions: async () => sessions,
      now: Date.now,
      notify: (one) => news.push(one),
      signal: new AbortController().signal,
    },
  );
  assert.equal(tunnel.serverVersion, GREETING_VERSION);
  await tunnel.close('done');
  await gateway.close();
  const started = endpoint.asked.find(({ operation }) => operation === 'StartSession')?.input;
  assert.deepEqual(started, {
    Target: 'i-0a1',
    DocumentName: 'AWS-StartPortForwardingSessionToRemoteHost',
    Reason: 'why not',
    Parameters: {
      host: ['writer.example'],
      portNumber: ['3306'],
      localPortNumber: [String(tunnel.port)],
    },
  });
  assert.ok(endpoint.asked.some(({ operation }) => operation === 'TerminateSession'));
  const events = news.map(({ event }) => event);
  assert.deepEqual(events.slice(0, 3), ['starting', 'listening', 'ready']);
  assert.equal(events.at(-1), 'closed');
});

test('each thing that can be wrong with the bastion is its own failure', TIMEOUT, async () => {
  let found = instances();
  let online: unknown = information('3.3.3572.0');
  await using endpoint = await openEndpoint({
    DescribeInstances: () => ({ body: found }),
    DescribeInstanceInformation: () => ({ body: online }),
  });
  const sessions = endpoint.sessions();
  await assert.rejects(sessions.findBastion(), { code: 'bastion-missing' });
  found = instances('i-0a1');
  online = information('3.3.3572.0', 'ConnectionLost');
  await assert.rejects(sessions.findBastion(), { code: 'bastion-offline' });
  online = { InstanceInformationList: [] };
  await assert.rejects(sessions.findBastion(), /not registered/u);
  online = information('3.1.1187.0');
  await assert.rejects(sessions.findBastion(), { code: 'bastion-agent-too-old' });
  online = information('3.1.1188.0');
  assert.deepEqual(await sessions.findBastion(), { id: 'i-0a1', agentVersion: '3.1.1188.0' });
});

test('refusals of Session Manager become failures with a next step', TIMEOUT, async () => {
  let type = '';
  const refuse = () => ({ status: 400, body: { __type: type, message: 'because' } });
  await using endpoint = await openEndpoint({ StartSession: refuse, ResumeSession: refuse });
  const sessions = endpoint.sessions();
  const target = { name: 'writer', host: 'writer.example', port: 3306, database: 'stg_core' } as const;
  const bastion = { id: 'i-0a1', agentVersion: '3.3.0.0' };
  const start = () => sessions.start({ target, bastion, reason: '', localPort: 1 });
  for (const [given, code, kind] of [
    ['TargetNotConnected', 'bastion-offline', 'not-ready'],
    ['AccessDeniedException', 'not-allowed', 'denied'],
    ['ExpiredTokenException', 'not-signed-in', 'denied'],
    ['ThrottlingException', 'throttled', 'temporary'],
  ]) {
    type = given ?? '';
    await assert.rejects(start(), { code, kind }, given);
  }
  type = 'DoesNotExistException';
  await assert.rejects(sessions.resume('alice-1'), { code: 'session-gone' });
});

test('resuming without a token means that the session is over', TIMEOUT, async () => {
  await using endpoint = await openEndpoint({ ResumeSession: () => ({ body: { SessionId: 'alice-1' } }) });
  await assert.rejects(endpoint.sessions().resume('alice-1'), { code: 'session-gone' });
});

test(
  'the account’s time limits are read, and have defaults where nobody may read them',
  TIMEOUT,
  async () => {
    let content = '{"inputs":{"idleSessionTimeout":"5","maxSessionDuration":"60"}}';
    await using endpoint = await openEndpoint({ GetDocument: () => ({ body: { Content: content } }) });
    const sessions = endpoint.sessions();
    assert.deepEqual(await sessions.timeLimits(), { idleMs: 300_000, maximumMs: 3_600_000 });
    content = 'nonsense';
    assert.deepEqual(await sessions.timeLimits(), { idleMs: 1_200_000, maximumMs: undefined });
  },
);

// Session Manager's adapter through the real SDK, against a small endpoint on loopback that answers as AWS does,
// and a gateway that takes the signed channel.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import test from 'node:test';
import { GATEWAY_OPTIONS, SessionGateway } from '../../src/local/session-gateway.ts';
import { openTunnel } from '../../src/operations/open-tunnel.ts';
import type { TunnelNews } from '../../src/operations/tunnel-news.ts';
import { GREETING_VERSION, openGreetingServer } from '../support/greeting-server.ts';
import {
  answersOfGateway,
  clusterXml,
  instanceInformation,
  instancesXml,
  openSessionEndpoint,
} from '../support/session-endpoint.ts';

const TIMEOUT = { timeout: 60_000 };

test('the whole way to AWS: found, started with a reason, signed, greeted, ended', TIMEOUT, async () => {
  await using server = await openGreetingServer();
  const gateway = await SessionGateway.open(GATEWAY_OPTIONS, {
    dial: () => connect({ host: '127.0.0.1', port: server.port }),
  });
  await using endpoint = await openSessionEndpoint({
    DescribeDBClusters: () => ({ body: clusterXml('writer.example', 3306) }),
    DescribeInstances: () => ({ body: instancesXml('i-0a1') }),
    DescribeInstanceInformation: () => ({ body: instanceInformation('3.3.3572.0') }),
    ...answersOfGateway(gateway, { host: 'writer.example', port: 3306 }),
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
  let found = instancesXml();
  let online: unknown = instanceInformation('3.3.3572.0');
  await using endpoint = await openSessionEndpoint({
    DescribeInstances: () => ({ body: found }),
    DescribeInstanceInformation: () => ({ body: online }),
  });
  const sessions = endpoint.sessions();
  await assert.rejects(sessions.findBastion(), { code: 'bastion-missing' });
  found = instancesXml('i-0a1');
  online = instanceInformation('3.3.3572.0', 'ConnectionLost');
  await assert.rejects(sessions.findBastion(), { code: 'bastion-offline' });
  online = { InstanceInformationList: [] };
  await assert.rejects(sessions.findBastion(), /not registered/u);
  online = instanceInformation('3.1.1187.0');
  await assert.rejects(sessions.findBastion(), { code: 'bastion-agent-too-old' });
  online = instanceInformation('3.1.1188.0');
  assert.deepEqual(await sessions.findBastion(), { id: 'i-0a1', agentVersion: '3.1.1188.0' });
});

test('refusals of Session Manager become failures with a next step', TIMEOUT, async () => {
  let type = '';
  const refuse = () => ({ status: 400, body: { __type: type, message: 'because' } });
  await using endpoint = await openSessionEndpoint({ StartSession: refuse, ResumeSession: refuse });
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
  await using endpoint = await openSessionEndpoint({
    ResumeSession: () => ({ body: { SessionId: 'alice-1' } }),
  });
  await assert.rejects(endpoint.sessions().resume('alice-1'), { code: 'session-gone' });
});

test(
  'the account’s time limits are read, and have defaults where nobody may read them',
  TIMEOUT,
  async () => {
    let content = '{"inputs":{"idleSessionTimeout":"5","maxSessionDuration":"60"}}';
    await using endpoint = await openSessionEndpoint({ GetDocument: () => ({ body: { Content: content } }) });
    const sessions = endpoint.sessions();
    assert.deepEqual(await sessions.timeLimits(), { idleMs: 300_000, maximumMs: 3_600_000 });
    content = 'nonsense';
    assert.deepEqual(await sessions.timeLimits(), { idleMs: 1_200_000, maximumMs: undefined });
  },
);

test(
  'a target that the cluster, or a platform without a proxy, does not have is named',
  TIMEOUT,
  async () => {
    const onlyWriter = clusterXml('writer.example', 3306).replace(/<ReaderEndpoint>.*<\/ReaderEndpoint>/, '');
    await using endpoint = await openSessionEndpoint({
      DescribeDBClusters: () => ({ body: onlyWriter }),
      DescribeDBProxies: () => ({
        body: '<DescribeDBProxiesResponse><DescribeDBProxiesResult><DBProxies/></DescribeDBProxiesResult></DescribeDBProxiesResponse>',
      }),
    });
    const sessions = endpoint.sessions();
    await assert.rejects(sessions.findTarget('reader'), { code: 'target-missing', kind: 'not-ready' });
    await assert.rejects(sessions.findTarget('proxy'), /proxy: stg-proxy has no endpoint/u);
  },
);

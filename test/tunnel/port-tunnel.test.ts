import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import test from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { formatTunnelState } from '../../src/cli/tunnel-state-line.ts';
import { AGENT_OPTIONS } from '../../src/local/session-agent.ts';
import { Failure } from '../../src/std/failure.ts';
import { MUX_LIMITS } from '../../src/tunnel/mux.ts';
import { GREETING_VERSION, greeting, openGreetingServer } from '../support/greeting-server.ts';
import { openLocalTunnel, readBytes, readPastGreeting } from '../support/local-tunnel.ts';

const TIMEOUT = { timeout: 60_000 };
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test(
  'the target’s own greeting crosses before the tunnel is ready, and bytes return unchanged',
  TIMEOUT,
  async () => {
    await using server = await openGreetingServer();
    await using local = await openLocalTunnel({ targetPort: server.port });
    const { serverVersion } = await local.open();
    assert.equal(serverVersion, GREETING_VERSION);
    const socket = local.connect();
    await readPastGreeting(socket);
    const sent = randomBytes(3_000_000);
    const back = readBytes(socket, sent.length);
    socket.write(sent);
    assert.equal(sha256((await back).bytes), sha256(sent));
    socket.destroy();
  },
);

test('it listens on both loopback families', TIMEOUT, async () => {
  await using server = await openGreetingServer();
  await using local = await openLocalTunnel({ targetPort: server.port });
  await local.open();
  for (const host of local.tunnel.listener.addresses) {
    const socket = connect({ host, port: local.tunnel.listener.port });
    assert.deepEqual((await readBytes(socket, greeting().length)).bytes, greeting());
    socket.destroy();
  }
  assert.ok(local.tunnel.listener.addresses.includes('127.0.0.1'));
});

test('a client that came before the tunnel was ready is served once it is', TIMEOUT, async () => {
  await using server = await openGreetingServer();
  await using local = await openLocalTunnel({ targetPort: server.port });
  const socket = local.connect();
  await once(socket, 'connect');
  await local.open();
  assert.equal((await readPastGreeting(socket)).length, 0);
  socket.destroy();
});

test(
  'connections survive broken and hourly closed channels without losing or doubling a byte',
  TIMEOUT,
  async () => {
    await using server = await openGreetingServer();
    await using local = await openLocalTunnel({
      targetPort: server.port,
      gateway: { agent: { ...AGENT_OPTIONS, resend: 'all' } },
    });
    await local.open();
    const socket = local.connect();
    await readPastGreeting(socket);
    const sent = randomBytes(6_000_000);
    const back = readBytes(socket, sent.length);
    socket.write(sent);
    for (const how of ['break', 'hourly', 'break', 'hourly'] as const) {
      // The client knows of its channel a moment before the gateway has read its token.
      while (local.gateway.dropChannels(how) === 0) await setImmediate();
      await local.next('reconnected');
    }
    assert.equal(sha256((await back).bytes), sha256(sent));
    assert.equal(server.count(), 2, 'the greeting’s connection and this one: none was made anew');
    socket.destroy();
  },
);

test('the real agent’s way, one message every 100 ms, recovers as well', TIMEOUT, async () => {
  await using server = await openGreetingServer();
  const agent = { ...AGENT_OPTIONS, messagesPerMs: 1 };
  await using local = await openLocalTunnel({ targetPort: server.port, gateway: { agent } });
  await local.open();
  const socket = local.connect();
  await readPastGreeting(socket);
  const sent = randomBytes(300_000);
  const back = readBytes(socket, sent.length);
  socket.write(sent);
  while (local.tunnel.state().receivedBytes < 100_000) await setImmediate();
  local.gateway.dropChannels('break');
  await local.next('reconnected');
  assert.equal(sha256((await back).bytes), sha256(sent));
  socket.destroy();
});

test('a target that closes ends the client’s connection, after all its bytes', TIMEOUT, async () => {
  const last = randomBytes(700_000);
  await using server = await openGreetingServer((socket) => socket.end(last));
  await using local = await openLocalTunnel({ targetPort: server.port });
  await local.open();
  const socket = local.connect();
  const { bytes } = await readBytes(socket, greeting().length + last.length);
  assert.equal(sha256(bytes.subarray(greeting().length)), sha256(last));
  socket.resume();
  await once(socket, 'end');
  socket.destroy();
});

test('a client that half-closes still gets its whole answer', TIMEOUT, async () => {
  const answer = randomBytes(200_000);
  await using server = await openGreetingServer((socket) => {
    socket.once('data', () => socket.end(answer));
  });
  await using local = await openLocalTunnel({ targetPort: server.port });
  await local.open();
  const socket = connect({ host: '127.0.0.1', port: local.tunnel.listener.port, allowHalfOpen: true });
  await readPastGreeting(socket);
  const back = readBytes(socket, answer.length);
  socket.end('question');
  assert.equal(sha256((await back).bytes), sha256(answer));
  socket.destroy();
});

test('a client that goes away ends the target’s connection', TIMEOUT, async () => {
  await using server = await openGreetingServer((socket) => socket.resume());
  await using local = await openLocalTunnel({ targetPort: server.port });
  await local.open();
  const socket = local.connect();
  await readPastGreeting(socket);
  const [target] = server.sockets;
  assert.ok(target);
  const closed = once(target, 'close');
  socket.resetAndDestroy();
  await closed;
});

test(
  'one client that never reads does not stop the others, and is cut off at its limit',
  TIMEOUT,
  async () => {
    const flood = Buffer.alloc(64 * 1024, 7);
    await using server = await openGreetingServer((socket) => {
      const pour = () => {
        while (!socket.destroyed && socket.write(flood));
      };
      socket.once('data', (mode) => {
        if (mode.toString() === 'flood') {
          socket.on('drain', pour);
          pour();
        } else {
          socket.write('k');
          socket.pipe(socket);
        }
      });
    });
    const mux = { ...MUX_LIMITS, incomingBytesMax: 2_000_000 };
    await using local = await openLocalTunnel({ targetPort: server.port, limits: { mux } });
    await local.open();
    const stuck = local.connect();
    stuck.on('error', () => {});
    await readPastGreeting(stuck);
    stuck.write('flood');
    const other = local.connect();
    await readPastGreeting(other);
    other.write('echo');
    await readBytes(other, 1);
    for (let round = 0; round < 20; round++) {
      const back = readBytes(other, 10_000);
      other.write(Buffer.alloc(10_000, round));
      assert.deepEqual((await back).bytes, Buffer.alloc(10_000, round));
    }
    const event = await local.next('stream-failed');
    assert.ok(event.kind === 'stream-failed' && event.failure.code === 'connection-too-slow');
    assert.match(event.failure.message, /stopped reading/);
    other.destroy();
    stuck.destroy();
  },
);

test(
  'a target that refuses is reported with what to try, and the session behind is replaced once',
  TIMEOUT,
  async () => {
    const closed = createServer();
    closed.listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const address = closed.address();
    assert.ok(typeof address === 'object' && address !== null);
    closed.close();
    await using local = await openLocalTunnel({ targetPort: address.port });
    await assert.rejects(local.open(), (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, 'connection-dial-failed');
      assert.match(error.message, /could not connect/);
      return true;
    });
    assert.equal(local.events.filter((event) => event.kind === 'replacing').length, 1);
  },
);

test('a target that is no MySQL server is not called ready', TIMEOUT, async () => {
  const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  await using local = await openLocalTunnel({ targetPort: address.port });
  await assert.rejects(local.open(), { code: 'target-not-mysql' });
  server.close();
});

test(
  'early data that the agent refuses while it is not ready arrives by retransmission',
  TIMEOUT,
  async () => {
    await using server = await openGreetingServer();
    const agent = { ...AGENT_OPTIONS, notReadyMs: 300 };
    await using local = await openLocalTunnel({ targetPort: server.port, gateway: { agent } });
    await local.open();
    assert.ok(local.tunnel.state().resends > 0);
  },
);

test('an agent too old to multiplex is named, with what to do', TIMEOUT, async () => {
  await using server = await openGreetingServer();
  const agent = { ...AGENT_OPTIONS, agentVersion: '3.0.100.0' };
  await using local = await openLocalTunnel({ targetPort: server.port, gateway: { agent } });
  await assert.rejects(local.open(), (error) => {
    assert.ok(error instanceof Failure);
    assert.equal(error.code, 'session-agent-too-old');
    assert.match(error.nextSteps.join(' '), /AWS-UpdateSSMAgent/);
    return true;
  });
});

test('a session that asks for KMS encryption is refused with the reason', TIMEOUT, async () => {
  await using server = await openGreetingServer();
  const agent = { ...AGENT_OPTIONS, furtherActions: [{ ActionType: 'KMSEncryption', ActionParameters: {} }] };
  await using local = await openLocalTunnel({ targetPort: server.port, gateway: { agent } });
  await assert.rejects(local.open(), { code: 'session-encryption' });
});

test('a session that the service ended is replaced behind the same port', TIMEOUT, async () => {
  await using server = await openGreetingServer();
  await using local = await openLocalTunnel({ targetPort: server.port });
  await local.open();
  const first = local.gateway.list()[0]?.sessionId ?? '';
  local.gateway.terminate(first);
  const ended = await local.next('ended');
  assert.ok(ended.kind === 'ended' && ended.end.code === 'closed-by-service');
  const socket = local.connect();
  assert.equal((await readPastGreeting(socket)).length, 0);
  assert.notEqual(local.gateway.list()[0]?.sessionId, first);
  socket.destroy();
});

test(
  'expired credentials ask for a sign-in and the session resumes afterwards, its connections intact',
  TIMEOUT,
  async () => {
    await using server = await openGreetingServer();
    let expired = false;
    let attempts = 0;
    await using local = await openLocalTunnel({
      targetPort: server.port,
      source: (source) => ({
        ...source,
        resume: async (sessionId) => {
          const words = {
            code: 'not-signed-in',
            kind: 'denied',
            message: 'expired',
            nextSteps: ['sign in'],
          } as const;
          attempts += 1;
          if (expired) throw new Failure(words);
          return await source.resume(sessionId);
        },
      }),
    });
    await local.open();
    const socket = local.connect();
    await readPastGreeting(socket);
    expired = true;
    local.gateway.dropChannels('hourly');
    await local.next('needs-sign-in');
    assert.equal(formatTunnelState(local.tunnel.state()).split(' · ')[0], 'needs sign-in');
    socket.write('kept through the gap');
    while (attempts < 3) await setImmediate();
    expired = false;
    await local.next('reconnected');
    assert.equal(formatTunnelState(local.tunnel.state()).split(' · ')[0], 'connected');
    assert.equal(local.events.filter(({ kind }) => kind === 'needs-sign-in').length, 1, 'it is said once');
    const { bytes } = await readBytes(socket, 'kept through the gap'.length);
    assert.equal(bytes.toString(), 'kept through the gap');
    socket.destroy();
  },
);

test('connections are spread over the sessions', TIMEOUT, async () => {
  await using server = await openGreetingServer();
  await using local = await openLocalTunnel({ targetPort: server.port, sessions: 4 });
  await local.open();
  for (let ready = 0; ready < 4; ready++) await local.next('ready');
  const sockets = Array.from({ length: 8 }, () => local.connect());
  await Promise.all(sockets.map((socket) => readPastGreeting(socket)));
  assert.equal(local.gateway.list().length, 4);
  assert.equal(local.tunnel.state().streams, 8);
  for (const socket of sockets) socket.destroy();
});

test('closing waits for connections, then ends every session on the service', TIMEOUT, async () => {
  await using server = await openGreetingServer();
  await using local = await openLocalTunnel({ targetPort: server.port, sessions: 2 });
  await local.open();
  await local.next('ready');
  await local.next('ready');
  const socket = local.connect();
  await readPastGreeting(socket);
  const closing = local.tunnel.close(30_000);
  const back = readBytes(socket, 4);
  socket.write('last');
  assert.equal((await back).bytes.toString(), 'last', 'an open connection goes on while the tunnel drains');
  socket.destroy();
  await closing;
  assert.deepEqual(local.gateway.list(), []);
});

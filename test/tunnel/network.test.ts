import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { WebSocketServer } from 'ws';
import { ensureCertificates } from '../../src/local/mysql-certificates.ts';
import { openChannel } from '../../src/tunnel/io/channel-socket.ts';
import { openHttpsAgent } from '../../src/tunnel/io/network.ts';

const TIMEOUT = { timeout: 30_000 };
const HANDLERS = { message: () => {}, heard: () => {}, lost: () => {} };
const never = new AbortController().signal;

/** A wss gateway whose certificate only a bundle vouches for, and a proxy that counts what goes through it. */
async function openRig(folder: string) {
  const paths = await ensureCertificates(join(folder, 'certificates'), Date.now());
  const tls = { cert: readFileSync(paths.certificate), key: readFileSync(paths.key) };
  const https = createHttpsServer(tls);
  const sockets = new WebSocketServer({ server: https });
  https.listen(0, '127.0.0.1');
  await once(https, 'listening');
  const tunnelled: string[] = [];
  const open = new Set<Socket>();
  const proxy = createHttpServer();
  proxy.on('connect', (request, client: Socket) => {
    tunnelled.push(request.url ?? '');
    const target = connect(Number((request.url ?? '').split(':')[1]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(target).pipe(client);
    });
    for (const socket of [client, target]) {
      open.add(socket);
      socket.on('error', () => {});
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    url: `wss://localhost:${(https.address() as AddressInfo).port}/v1/data-channel/a`,
    proxyUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    bundle: paths.authority,
    tunnelled,
    close: () => {
      for (const client of sockets.clients) client.terminate();
      for (const socket of open) socket.destroy();
      https.closeAllConnections();
      https.close();
      proxy.close();
    },
  };
}

test(
  'the channel goes through HTTPS_PROXY, spares NO_PROXY, and trusts AWS_CA_BUNDLE only',
  TIMEOUT,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dp-network-'));
    const rig = await openRig(folder);
    const channel = async (environment: Record<string, string>) => {
      const agent = openHttpsAgent(environment);
      const socket = await openChannel({ url: rig.url, headers: {}, agent }, HANDLERS, never);
      socket.close();
      agent.destroy();
    };
    try {
      await assert.rejects(channel({}), { code: 'gateway-unreachable' });
      await channel({ AWS_CA_BUNDLE: rig.bundle });
      assert.deepEqual(rig.tunnelled, []);
      await channel({ AWS_CA_BUNDLE: rig.bundle, HTTPS_PROXY: rig.proxyUrl });
      assert.deepEqual(rig.tunnelled, [new URL(rig.url).host]);
      await channel({ AWS_CA_BUNDLE: rig.bundle, HTTPS_PROXY: rig.proxyUrl, NO_PROXY: 'localhost' });
      assert.equal(rig.tunnelled.length, 1);
    } finally {
      rig.close();
      rmSync(folder, { recursive: true });
    }
  },
);

test('a bundle that cannot be read is named', () => {
  assert.throws(() => openHttpsAgent({ AWS_CA_BUNDLE: '/does/not/exist.pem' }), {
    code: 'ca-bundle-unreadable',
  });
});

test('a gateway that refuses the upgrade is reported with its answer', TIMEOUT, async () => {
  const http = createHttpServer();
  http.on('upgrade', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n'));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`;
  await assert.rejects(openChannel({ url, headers: {} }, HANDLERS, never), /answered 403 Forbidden/u);
  http.close();
});

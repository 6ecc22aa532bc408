// How fast the tunnel is: with the real agent's pace, where the agent is the limit, and without, where dp is.
// tunnel-survival.ts breaks its channels meanwhile.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import {
  drain,
  openConnection,
  openFarEnd,
  openTunnelTo,
  REAL_PACE,
  readExactly,
  send,
} from './support/tunnel-rig.ts';

export const name = 'tunnel';

const PACED_BYTES = 6_000_000;
const UNPACED_BYTES = 300_000_000;
const PROXY_BYTES = 2_000_000_000;
const UPLOAD_BYTES = 40_000_000;
const ROUND_TRIPS = 2_000;
/** Bytes a millisecond the agent's pace allows. */
const PACE_MB = 1.024;
/** AWS's own client and agent on one machine, measured. */
const OFFICIAL_MB = 0.65;

export async function run(): Promise<void> {
  // First, while the process holds nothing of the others.
  await many();
  await paced();
  await unpaced();
  await upload();
}

async function paced(): Promise<void> {
  const farEnd = await openFarEnd(REAL_PACE);
  const speeds: number[] = [];
  for (const sessions of [1, 8]) {
    const tunnel = await openTunnelTo(farEnd, { sessions });
    const { port } = tunnel.listener;
    const startedMs = performance.now();
    const one = async () => drain(await openConnection(port, 'd', PACED_BYTES), PACED_BYTES);
    await Promise.all(Array.from({ length: sessions }, one));
    speeds.push((sessions * PACED_BYTES) / 1e3 / (performance.now() - startedMs));
    await tunnel.close(0);
  }
  farEnd.close();
  const [one = 0, eight = 0] = speeds;
  console.log(
    `paced, 1 session:  ${one.toFixed(2)} MB/s, ${((100 * one) / PACE_MB).toFixed(0)} % of the pace (wanted: 95)`,
  );
  console.log(`paced, 8 sessions: ${eight.toFixed(2)} MB/s, ${(eight / one).toFixed(1)} × one (wanted: 7)`);
}

async function unpaced(): Promise<void> {
  const farEnd = await openFarEnd({});
  const tunnel = await openTunnelTo(farEnd, { sessions: 1, limits: { messagesPerSecondMax: Infinity } });
  const proxy = await openPlainProxy(farEnd.targetPort);
  const direct = await drain(await openConnection(proxy.port, 'd', PROXY_BYTES), PROXY_BYTES);
  const through = await drain(await openConnection(tunnel.listener.port, 'd', UNPACED_BYTES), UNPACED_BYTES);
  console.log(
    `unpaced download:  ${through.toFixed(1)} MB/s = ${(through / OFFICIAL_MB).toFixed(0)} × the official client (wanted: 40); ` +
      `plain TCP proxy ${direct.toFixed(0)} MB/s, 1/${(direct / through).toFixed(1)} of it (wanted: 1/30)`,
  );
  const added = (await roundTrip(tunnel.listener.port)) - (await roundTrip(proxy.port));
  console.log(`added round trip:  ${added.toFixed(3)} ms at the median (wanted: under 1)`);
  proxy.close();
  await tunnel.close(0);
  farEnd.close();
}

async function upload(): Promise<void> {
  const farEnd = await openFarEnd({});
  const tunnel = await openTunnelTo(farEnd, { sessions: 1 });
  const { mbPerSecond } = await send(tunnel.listener.port, UPLOAD_BYTES);
  console.log(`upload, 500 messages/s: ${mbPerSecond.toFixed(2)} MB/s (wanted: 6)`);
  await tunnel.close(0);
  farEnd.close();
}

async function many(): Promise<void> {
  const farEnd = await openFarEnd({});
  const tunnel = await openTunnelTo(farEnd, { sessions: 1 });
  const { port } = tunnel.listener;
  const stuck = await openConnection(port, 'd', UNPACED_BYTES);
  stuck.pause();
  const sockets = await Promise.all(Array.from({ length: 499 }, () => openConnection(port, 'e')));
  const startedMs = performance.now();
  for (let round = 0; round < 5; round++) {
    for (const socket of sockets) socket.write(Buffer.alloc(1_000, round));
    await Promise.all(sockets.map((socket) => readExactly(socket, 1_000)));
  }
  const ms = performance.now() - startedMs;
  console.log(
    `500 connections, one never read: 5 × 499 echoes in ${ms.toFixed(0)} ms, RSS ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`,
  );
  for (const socket of [stuck, ...sockets]) socket.destroy();
  await tunnel.close(0);
  farEnd.close();
}

async function roundTrip(port: number): Promise<number> {
  const socket = await openConnection(port, 'e');
  const times: number[] = [];
  for (let i = 0; i < ROUND_TRIPS; i++) {
    const startedMs = performance.now();
    socket.write(Buffer.alloc(100));
    await readExactly(socket, 100);
    times.push(performance.now() - startedMs);
  }
  socket.destroy();
  return times.sort((a, b) => a - b)[ROUND_TRIPS / 2] ?? 0;
}

async function openPlainProxy(targetPort: number): Promise<{ port: number; close(): void }> {
  const server = createServer({ noDelay: true }, (client) => {
    const target = connect({ host: '127.0.0.1', port: targetPort, noDelay: true });
    client.pipe(target).pipe(client);
    client.on('error', () => target.destroy());
    target.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

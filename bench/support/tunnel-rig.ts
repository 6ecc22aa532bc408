// The near end of the tunnel's benches: a tunnel in this process, its far end in another one.
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { AgentOptions } from '../../src/local/session-agent.ts';
import type { SessionGrant, SessionSource } from '../../src/tunnel/io/live-session.ts';
import { PortTunnel } from '../../src/tunnel/io/port-tunnel.ts';
import { SESSION_LIMITS, type SessionLimits } from '../../src/tunnel/session-limits.ts';
import { numberedBytes } from './numbered-bytes.ts';

/** What AWS's agent does: 1,024 bytes, then a sleep of a millisecond. */
export const REAL_PACE = { messagesPerMs: 1 } as const;
const GREETING_BYTES = 10;

export interface FarEnd {
  readonly targetPort: number;
  ask(call: string, more?: object): Promise<unknown>;
  close(): void;
}

export async function openFarEnd(agent: Partial<AgentOptions>): Promise<FarEnd> {
  const child = fork(join(import.meta.dirname, 'tunnel-far-end.ts'));
  const waiting = new Map<number, (value: unknown) => void>();
  let next = 1;
  child.on('message', ({ id, value }: { id: number; value: unknown }) => {
    waiting.get(id)?.(value);
    waiting.delete(id);
  });
  await once(child, 'spawn');
  const ask = (call: string, more: object = {}) =>
    new Promise<unknown>((resolve) => {
      const id = next++;
      waiting.set(id, resolve);
      child.send({ call, id, ...more });
    });
  const { targetPort } = (await ask('open', { agent })) as { targetPort: number };
  return { targetPort, ask, close: () => child.kill() };
}

export async function openTunnelTo(
  farEnd: FarEnd,
  options: { readonly sessions: number; readonly limits?: Partial<SessionLimits> },
): Promise<PortTunnel> {
  const source: SessionSource = {
    start: async () => (await farEnd.ask('start')) as SessionGrant,
    resume: async (sessionId) => (await farEnd.ask('resume', { sessionId })) as SessionGrant,
    terminate: async (sessionId) => void (await farEnd.ask('terminate', { sessionId })),
    address: async ({ streamUrl }) => ({ url: streamUrl, headers: {} }),
  };
  const limits = { ...SESSION_LIMITS, ...options.limits };
  const ready = Promise.withResolvers<void>();
  let missing = options.sessions;
  const notify = ({ kind }: { kind: string }) => {
    if (kind === 'ready' && --missing === 0) ready.resolve();
  };
  const tunnel = await PortTunnel.listen(
    { listen: { port: 0 }, sessions: options.sessions, limits },
    { now: Date.now, notify },
  );
  await tunnel.connect(source, 'the bench');
  await ready.promise;
  return tunnel;
}

/** A connection past its greeting, told what to do. */
export async function openConnection(port: number, mode: 'd' | 'u' | 'e', bytes = 0): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await readExactly(socket, GREETING_BYTES);
  const head = Buffer.alloc(9);
  head.write(mode);
  head.writeBigUInt64BE(BigInt(bytes), 1);
  socket.write(head);
  if (mode !== 'd') await readExactly(socket, 1);
  return socket;
}

/** Reads so many bytes and gives them; anything behind stays in the socket. */
export async function readExactly(socket: Socket, length: number): Promise<Buffer> {
  for (;;) {
    const bytes = socket.read(length) as Buffer | null;
    if (bytes !== null) return bytes;
    // With part of the bytes there, `readable` comes at once and again: the network must get its turn.
    await (socket.readableLength > 0 ? setImmediate() : once(socket, 'readable'));
  }
}

/** Reads and drops so many bytes. Gives megabytes a second from the first byte on. */
export async function drain(socket: Socket, bytes: number, each?: (piece: Buffer) => void): Promise<number> {
  let left = bytes;
  let startedMs = 0;
  return await new Promise((resolve, reject) => {
    socket.on('data', (piece: Buffer) => {
      if (startedMs === 0) startedMs = performance.now();
      each?.(piece);
      left -= piece.length;
      if (left <= 0) resolve(bytes / 1e3 / (performance.now() - startedMs));
    });
    socket.on('close', () => reject(new Error(`closed with ${left} bytes to come`)));
  });
}

/** Sends so many bytes, and hears from the far end that they arrived as they were. */
export async function send(port: number, bytes: number): Promise<{ mbPerSecond: number; equal: boolean }> {
  const socket = await openConnection(port, 'u', bytes);
  const hash = createHash('sha256');
  const startedMs = performance.now();
  for (const piece of numberedBytes(bytes)) {
    hash.update(piece);
    if (!socket.write(piece)) await once(socket, 'drain');
  }
  const digest = await readExactly(socket, 32);
  const mbPerSecond = bytes / 1e3 / (performance.now() - startedMs);
  socket.destroy();
  return { mbPerSecond, equal: digest.equals(hash.digest()) };
}

/** A whole tunnel on loopback: local door, sessions, gateway, agents, and a target that greets. */
import { connect, type Socket } from 'node:net';
import type { GatewayOptions } from '../../src/local/session-gateway.ts';
import { GATEWAY_OPTIONS, SessionGateway } from '../../src/local/session-gateway.ts';
import { Failure } from '../../src/std/failure.ts';
import type { SessionSource } from '../../src/tunnel/io/live-session.ts';
import { PortTunnel, type TunnelEvent } from '../../src/tunnel/io/port-tunnel.ts';
import { SESSION_LIMITS, type SessionLimits } from '../../src/tunnel/session-limits.ts';
import { greeting } from './greeting-server.ts';

export interface LocalTunnelOptions {
  readonly targetPort: number;
  readonly sessions?: number;
  readonly limits?: Partial<SessionLimits>;
  readonly gateway?: Partial<GatewayOptions>;
  /** Replaces parts of what starts and resumes sessions, to make them fail. */
  readonly source?: (source: SessionSource) => SessionSource;
}

export interface LocalTunnel extends AsyncDisposable {
  readonly tunnel: PortTunnel;
  readonly gateway: SessionGateway;
  readonly events: TunnelEvent[];
  /** Starts the sessions and waits for the greeting. */
  open(): Promise<{ readonly serverVersion: string }>;
  /** Resolves with the next event of this kind, or one that has come and was not waited for. */
  next(kind: TunnelEvent['kind']): Promise<TunnelEvent>;
  connect(): Socket;
}

export async function openLocalTunnel(options: LocalTunnelOptions): Promise<LocalTunnel> {
  const gateway = await SessionGateway.open(
    { ...GATEWAY_OPTIONS, ...options.gateway },
    { dial: ({ host, port }) => connect({ host, port }) },
  );
  const target = { host: '127.0.0.1', port: options.targetPort };
  const plain = gatewaySource(gateway, target);
  const source = options.source?.(plain) ?? plain;
  const events: TunnelEvent[] = [];
  const seen: TunnelEvent[] = [];
  const waiting: { kind: string; resolve: (event: TunnelEvent) => void }[] = [];
  const notify = (event: TunnelEvent) => {
    events.push(event);
    const at = waiting.findIndex(({ kind }) => kind === event.kind);
    if (at >= 0) waiting.splice(at, 1)[0]?.resolve(event);
    else seen.push(event);
  };
  const limits = { ...SESSION_LIMITS, ...options.limits };
  const input = {
    listen: { port: 0 },
    sessions: options.sessions ?? 1,
    limits,
  };
  const tunnel = await PortTunnel.listen(input, { now: Date.now, notify });
  return {
    tunnel,
    gateway,
    events,
    open: () => tunnel.connect(source, `127.0.0.1:${options.targetPort}`),
    next: (kind) => {
      const at = seen.findIndex((event) => event.kind === kind);
      const found = at >= 0 ? seen.splice(at, 1)[0] : undefined;
      if (found !== undefined) return Promise.resolve(found);
      return new Promise((resolve) => waiting.push({ kind, resolve }));
    },
    connect: () => connect({ host: '127.0.0.1', port: tunnel.listener.port }),
    [Symbol.asyncDispose]: async () => {
      await tunnel.close(0);
      await gateway.close();
    },
  };
}

export function gatewaySource(
  gateway: SessionGateway,
  target: { host: string; port: number },
): SessionSource {
  return {
    start: async () => gateway.start(target),
    resume: async (sessionId) => {
      const grant = gateway.resume(sessionId);
      if (grant !== undefined) return grant;
      const words = {
        code: 'session-gone',
        kind: 'temporary',
        message: 'gone',
        nextSteps: ['again'],
      } as const;
      throw new Failure(words);
    },
    terminate: async (sessionId) => gateway.terminate(sessionId),
    address: async ({ streamUrl }) => ({ url: streamUrl, headers: {} }),
  };
}

/** Takes the greeting off a connection and gives what was behind it. */
export async function readPastGreeting(socket: Socket): Promise<Buffer> {
  return (await readBytes(socket, greeting().length)).rest;
}

/** Reads at least `length` bytes. */
export async function readBytes(socket: Socket, length: number): Promise<{ bytes: Buffer; rest: Buffer }> {
  const pieces: Buffer[] = [];
  let got = 0;
  return await new Promise((resolve, reject) => {
    const clean = () => {
      socket.off('data', take);
      socket.off('error', fail);
      socket.off('close', closed);
      socket.pause();
    };
    const take = (piece: Buffer) => {
      pieces.push(piece);
      got += piece.length;
      if (got < length) return;
      clean();
      const all = Buffer.concat(pieces);
      resolve({ bytes: all.subarray(0, length), rest: all.subarray(length) });
    };
    const fail = (error: Error) => {
      clean();
      reject(error);
    };
    const closed = () => fail(new Error(`closed after ${got} of ${length} bytes`));
    socket.on('data', take);
    socket.on('error', fail);
    socket.on('close', closed);
    socket.resume();
  });
}

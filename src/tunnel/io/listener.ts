/**
 * The local door: a port on both loopback families, or one address, or a Unix socket. It is opened before
 * anything else happens, so that a taken port is known at once and costs nothing.
 */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import type { AddressInfo, ListenOptions, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { assert } from '../../std/assert.ts';
import { cannotListen, portTaken } from '../errors.ts';
import { findPortOwner } from './port-owner.ts';

export interface ListenInput {
  /** 0 takes a free one. */
  readonly port: number;
  /** One address instead of both loopbacks. */
  readonly bind?: string;
  /** A Unix socket instead of a port. */
  readonly socketPath?: string;
}

export interface Listener {
  /** Where clients connect: an address, or the path of the socket. */
  readonly host: string;
  readonly port: number;
  readonly socketPath?: string;
  /** Every address it listens on. */
  readonly addresses: readonly string[];
  /** No more connections; those that are open stay. */
  close(): void;
}

const LOOPBACKS = ['127.0.0.1', '::1'] as const;
/** A free port must be free in both families; this many are tried. */
const FREE_PORT_ATTEMPTS = 20;
/** Connections the system keeps waiting while the program is busy. */
const BACKLOG = 511;

export async function openListener(input: ListenInput, accept: (client: Socket) => void): Promise<Listener> {
  if (input.socketPath !== undefined) return await listenOnPath(input.socketPath, accept);
  if (input.bind !== undefined) {
    const server = await listen({ host: input.bind, port: input.port }, accept);
    return describe([server], input.bind);
  }
  for (let attempt = 1; ; attempt++) {
    const first = await listen({ host: LOOPBACKS[0], port: input.port }, accept);
    const { port } = first.address() as AddressInfo;
    try {
      const second = await listen({ host: LOOPBACKS[1], port, ipv6Only: true }, accept);
      return describe([first, second], LOOPBACKS[0]);
    } catch (error) {
      if (isWithoutIpv6(error)) return describe([first], LOOPBACKS[0]);
      first.close();
      if (input.port !== 0 || attempt === FREE_PORT_ATTEMPTS) throw error;
    }
  }
}

function describe(servers: readonly Server[], host: string): Listener {
  const bound = servers.map((server) => server.address() as AddressInfo);
  const addresses = bound.map(({ address }) => address);
  const port = bound[0]?.port ?? 0;
  return { host, port, addresses, close: () => closeAll(servers) };
}

function closeAll(servers: readonly Server[]): void {
  for (const server of servers) server.close();
}

async function listenOnPath(path: string, accept: (client: Socket) => void): Promise<Listener> {
  const server = await listen({ path }, accept).catch(async (error: unknown) => {
    // A socket file that nobody listens on is left over from a program that crashed.
    if (!(await isLeftOver(path))) throw error;
    unlinkSync(path);
    return await listen({ path }, accept);
  });
  chmodSync(path, 0o600);
  return { host: 'localhost', port: 0, socketPath: path, addresses: [path], close: () => closeAll([server]) };
}

async function isLeftOver(path: string): Promise<boolean> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return false;
  const { connect } = await import('node:net');
  return await new Promise((resolve) => {
    const probe = connect({ path });
    probe.once('connect', () => resolve(false));
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
    probe.once('connect', () => probe.destroy());
  });
}

/** The system call's own error is kept as the failure's cause. */
function isWithoutIpv6(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
}

function listen(options: ListenOptions, accept: (client: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, accept);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenFailure(options, error)));
    server.listen({ ...options, backlog: BACKLOG }, () => resolve(server));
  });
}

function listenFailure(options: ListenOptions, error: NodeJS.ErrnoException): Error {
  const { host, port, path } = options;
  if (error.code !== 'EADDRINUSE' || port === undefined)
    return cannotListen(path ?? `${host} port ${port}`, error);
  assert(host !== undefined, 'a port is listened on at an address');
  return portTaken({ address: host, port, owner: findPortOwner(port) });
}

/** Opens a tunnel to the private database and keeps it open: the decisions, from the first check to the last event. */

import type { Door, Sessions, SessionTarget, StartSessionRequest, TargetName } from '../platform/sessions.ts';
import { pause } from '../std/deadline.ts';
import type { SessionSource } from '../tunnel/io/live-session.ts';
import type { PortTunnel, PortTunnelInput, TunnelEvent, TunnelState } from '../tunnel/io/port-tunnel.ts';
import { SESSION_LIMITS } from '../tunnel/session-limits.ts';
import { watchLimits } from './session-limits-watch.ts';
import { newsOfTunnel, type TunnelNews } from './tunnel-news.ts';

export interface OpenTunnelInput {
  readonly target: TargetName;
  /** 0 takes a free one. */
  readonly port: number;
  readonly bind?: string | undefined;
  readonly socketPath?: string | undefined;
  readonly sessions: number;
  /** Send an empty frame now and then, so that the account's idle limit never ends the session. */
  readonly keepAlive: boolean;
  readonly reason: string;
  /** Bytes are forwarded as they are; without it dp answers the MySQL handshake itself. */
  readonly raw: boolean;
  /** Ask clients for a random password of this tunnel. */
  readonly withPassword: boolean;
}

export interface OpenTunnelDeps {
  /** Asked for once the local port is bound. */
  readonly sessions: () => Promise<Sessions>;
  readonly now: () => number;
  readonly notify: (news: TunnelNews) => void;
  /** Ends the tunnel's opening when it fires. */
  readonly signal: AbortSignal;
}

export interface OpenTunnel {
  readonly host: string;
  readonly port: number;
  readonly socketPath?: string;
  readonly target: SessionTarget;
  readonly serverVersion: string;
  readonly user?: string;
  readonly password?: string;
  /** `mysql://user@host:port/database`; with the password only where there is one to know. */
  readonly url: string;
  state(): TunnelState;
  /** Gives connections `drainMs` (default DRAIN_MS) to end, ends every session, tells `closed`. */
  close(reason: string, drainMs?: number): Promise<void>;
}

/** With --keep-alive: often enough for the shortest idle limit an account can set, which is one minute. */
const KEEP_ALIVE_EVERY_MS = 45_000;
/** How often the target's name is looked up, so that a failover is noticed. */
const ADDRESS_LOOK_EVERY_MS = 15_000;
const LIMITS_LOOK_EVERY_MS = 5_000;
/** Open connections get this long to finish once the tunnel is told to end. */
export const DRAIN_MS = 5_000;

/** Binds first, checks then, and is ready when the database's own greeting has crossed. */
export async function openTunnel(input: OpenTunnelInput, deps: OpenTunnelDeps): Promise<OpenTunnel> {
  deps.notify({ event: 'starting', target: input.target, sessions: input.sessions });
  // Loaded only now: the websocket is none of the business of `dp --help`.
  const { PortTunnel } = await import('../tunnel/io/port-tunnel.ts');
  let door: Door | undefined;
  const tunnel = await PortTunnel.listen(portInput(input), {
    now: deps.now,
    notify: (event) => tell(event, deps),
    ...(input.raw ? {} : { accept: (client, dial) => door?.accept(client, dial) }),
  });
  const { host, port, addresses } = tunnel.listener;
  deps.notify({ event: 'listening', host, port, addresses });
  const giveUp = () => void tunnel.close(0);
  deps.signal.addEventListener('abort', giveUp, { once: true });
  try {
    deps.signal.throwIfAborted();
    const sessions = await deps.sessions();
    const target = await sessions.findTarget(input.target);
    const { raw, withPassword } = input;
    if (!raw) door = await sessions.openDoor({ target, withPassword });
    const bastion = await sessions.findBastion();
    const source = sessionSource({ target, bastion, reason: input.reason, localPort: port }, sessions);
    const { serverVersion } = await tunnel.connect(source, `${target.host}:${target.port}`);
    const opened = describe({ tunnel, door, target, serverVersion, sessions }, deps);
    deps.notify({ event: 'ready', ...readyWords(opened) });
    return opened;
  } catch (error) {
    await tunnel.close(0);
    door?.close();
    deps.signal.throwIfAborted();
    throw error;
  } finally {
    deps.signal.removeEventListener('abort', giveUp);
  }
}

function portInput(input: OpenTunnelInput): PortTunnelInput {
  const { port, bind, socketPath, sessions, keepAlive } = input;
  return {
    listen: {
      port,
      ...(bind === undefined ? {} : { bind }),
      ...(socketPath === undefined ? {} : { socketPath }),
    },
    sessions,
    limits: { ...SESSION_LIMITS, keepAliveEveryMs: keepAlive ? KEEP_ALIVE_EVERY_MS : 0 },
  };
}

/** What the pool of sessions needs, bound to one target. A replaced bastion is found anew at each start. */
function sessionSource(request: StartSessionRequest, sessions: Sessions): SessionSource {
  const { messagesPerSecondMax } = sessions;
  let first = true;
  return {
    ...(messagesPerSecondMax === undefined ? {} : { messagesPerSecondMax }),
    start: async () => {
      const bastion = first ? request.bastion : await sessions.findBastion();
      first = false;
      return await sessions.start({ ...request, bastion });
    },
    resume: (sessionId) => sessions.resume(sessionId),
    terminate: (sessionId) => sessions.terminate(sessionId),
    address: (grant) => sessions.address(grant),
  };
}

function tell(event: TunnelEvent, deps: OpenTunnelDeps): void {
  const news = newsOfTunnel(event);
  if (news !== undefined) deps.notify(news);
}

interface Opened {
  readonly tunnel: PortTunnel;
  readonly door: Door | undefined;
  readonly target: SessionTarget;
  readonly serverVersion: string;
  readonly sessions: Sessions;
}

function describe(
  { tunnel, door, target, serverVersion, sessions }: Opened,
  deps: OpenTunnelDeps,
): OpenTunnel {
  const { host, port, socketPath } = tunnel.listener;
  const watching = new AbortController();
  void warnOfLimits({ sessions, tunnel, deps, signal: watching.signal });
  void watchAddress(target, { sessions, moved: () => tunnel.targetMoved(), signal: watching.signal });
  const login = door === undefined ? '' : `${door.user}${door.password ? `:${door.password}` : ''}@`;
  const authority = socketPath === undefined ? `${bracketed(host)}:${port}` : 'localhost';
  const query = socketPath === undefined ? '' : `?socketPath=${encodeURIComponent(socketPath)}`;
  return {
    host,
    port,
    target,
    serverVersion,
    url: `mysql://${login}${authority}/${target.database}${query}`,
    ...(socketPath === undefined ? {} : { socketPath }),
    ...(door === undefined ? {} : { user: door.user }),
    ...(door?.password === undefined ? {} : { password: door.password }),
    state: () => tunnel.state(),
    close: async (reason, drainMs = DRAIN_MS) => {
      watching.abort();
      deps.notify({ event: 'closing', connections: tunnel.state().connections, drainMs });
      await tunnel.close(drainMs);
      door?.close();
      deps.notify({ event: 'closed', reason });
    },
  };
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function readyWords(opened: OpenTunnel) {
  const { host, port, user, url, serverVersion, socketPath } = opened;
  return { host, port, url, serverVersion, ...(user ? { user } : {}), ...(socketPath ? { socketPath } : {}) };
}

/** Tells before the account's limits end the sessions. */
async function warnOfLimits(input: {
  readonly sessions: Sessions;
  readonly tunnel: PortTunnel;
  readonly deps: OpenTunnelDeps;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { sessions, tunnel, deps, signal } = input;
  // A warning that cannot be given is no reason to end a tunnel that works.
  const limits = await sessions.timeLimits().catch(() => undefined);
  if (limits === undefined) return;
  const watch = watchLimits(limits, deps.now());
  while (!signal.aborted) {
    const { sentBytes, receivedBytes } = tunnel.state();
    const reason = watch.look(deps.now(), sentBytes + receivedBytes);
    if (reason !== undefined) deps.notify({ event: 'degraded', session: 0, reason, nextSteps: [] });
    await pause(LIMITS_LOOK_EVERY_MS, signal).catch(() => undefined);
  }
}

/** An Aurora failover moves the endpoint's name to another address, which a running session never notices. */
async function watchAddress(
  target: SessionTarget,
  deps: { readonly sessions: Sessions; readonly moved: () => void; readonly signal: AbortSignal },
): Promise<void> {
  let known = await deps.sessions.addressOf(target);
  while (!deps.signal.aborted) {
    const waited = await pause(ADDRESS_LOOK_EVERY_MS, deps.signal).then(
      () => true,
      () => false,
    );
    if (!waited) return;
    const address = await deps.sessions.addressOf(target);
    if (address === undefined || address === known) continue;
    if (known !== undefined) deps.moved();
    known = address;
  }
}

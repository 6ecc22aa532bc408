/**
 * The message gateway and the bastion of the local environment, in this process: a websocket on loopback,
 * behind it one agent per session, which dials the local database. It behaves as AWS's do where a client
 * could notice, so that a newcomer's first tunnel runs the code that goes to AWS.
 */
import { hash, randomBytes, randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { parseObject } from '../tunnel/acknowledgement.ts';
import { MESSAGE_BYTES_MAX } from '../tunnel/message.ts';
import type { AgentOptions } from './session-agent.ts';
import { AGENT_OPTIONS } from './session-agent.ts';
import { AgentRunner } from './session-agent-runner.ts';
import { encodeChannelClosed, encodeStartPublication } from './session-gateway-messages.ts';

export interface GatewayOptions {
  /** The real gateway closes every channel after about an hour, with 1000 and no reason. */
  readonly channelMsMax: number;
  /** How long a session without a client may be resumed. */
  readonly resumableMs: number;
  readonly agent: AgentOptions;
}

export const GATEWAY_OPTIONS: GatewayOptions = {
  channelMsMax: 60 * 60_000,
  resumableMs: 20 * 60_000,
  agent: AGENT_OPTIONS,
};

export interface GatewayDeps {
  /** A connection to a target, not yet established. */
  readonly dial: (target: { host: string; port: number }) => Socket;
}

export interface GatewayGrant {
  readonly sessionId: string;
  readonly streamUrl: string;
  readonly token: string;
}

interface GatewaySession {
  readonly sessionId: string;
  readonly startedAtMs: number;
  readonly agent: AgentRunner;
  /** Used once; undefined when it was. */
  token: string | undefined;
  client: WebSocket | undefined;
  timer: NodeJS.Timeout | undefined;
}

export const GATEWAY_PATH = '/v1/data-channel/';
const OPEN_TEXT_BYTES_MAX = 4_096;

export class SessionGateway {
  private readonly options: GatewayOptions;
  private readonly deps: GatewayDeps;
  private readonly http: Server;
  private readonly sockets: WebSocketServer;
  private readonly sessions = new Map<string, GatewaySession>();

  private constructor(options: GatewayOptions, deps: GatewayDeps, http: Server) {
    this.options = options;
    this.deps = deps;
    this.http = http;
    this.sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: MESSAGE_BYTES_MAX,
    });
    http.on('upgrade', (request, socket, head) => {
      const path = new URL(request.url ?? '/', 'ws://gateway').pathname;
      const session = this.sessions.get(decodeURIComponent(path.slice(GATEWAY_PATH.length)));
      if (!path.startsWith(GATEWAY_PATH) || session === undefined) {
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
        return;
      }
      const connection = socket as Socket;
      connection.setNoDelay(true);
      this.sockets.handleUpgrade(request, socket, head, (client) => this.greet(session, client, connection));
    });
  }

  static async open(options: GatewayOptions, deps: GatewayDeps): Promise<SessionGateway> {
    const http = createServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject);
      http.listen(0, '127.0.0.1', resolve);
    });
    // The gateway is no reason for the process to stay.
    http.unref();
    return new SessionGateway(options, deps, http);
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  start(target: { host: string; port: number }): GatewayGrant {
    const sessionId = `local-${randomBytes(13).toString('hex')}`;
    const { host, port } = target;
    const properties = { type: 'LocalPortForwarding', host, portNumber: String(port) };
    const tools = {
      sha256: (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer'),
      newId: randomUUID,
    };
    const agent = new AgentRunner({ ...this.options.agent, properties }, tools, {
      dial: () => this.deps.dial(target),
      ended: (reason) => this.end(sessionId, reason),
    });
    const session: GatewaySession = {
      sessionId,
      startedAtMs: Date.now(),
      agent,
      token: undefined,
      client: undefined,
      timer: undefined,
    };
    this.sessions.set(sessionId, session);
    return this.grant(session);
  }

  /** Undefined when the session is over: there is nothing to resume. */
  resume(sessionId: string): GatewayGrant | undefined {
    const session = this.sessions.get(sessionId);
    return session === undefined ? undefined : this.grant(session);
  }

  terminate(sessionId: string): void {
    this.end(sessionId, '');
  }

  list(): { readonly sessionId: string; readonly startedAtMs: number; readonly connected: boolean }[] {
    return Array.from(this.sessions.values(), ({ sessionId, startedAtMs, client }) => ({
      sessionId,
      startedAtMs,
      connected: client !== undefined,
    }));
  }

  /** Breaks or closes every channel: 1000 is what the real gateway does each hour. Gives how many there were. */
  dropChannels(how: 'break' | 'hourly'): number {
    const clients = Array.from(this.sessions.values(), ({ client }) => client).filter(
      (client) => client?.readyState === WebSocket.OPEN,
    );
    for (const client of clients) {
      if (how === 'break') client?.terminate();
      else client?.close(1000, 'Bye');
    }
    return clients.length;
  }

  async close(): Promise<void> {
    for (const sessionId of [...this.sessions.keys()]) this.end(sessionId, '');
    for (const client of this.sockets.clients) client.terminate();
    this.http.closeAllConnections();
    await new Promise<void>((resolve) => this.http.close(() => resolve()));
  }

  private grant(session: GatewaySession): GatewayGrant {
    session.token = randomBytes(32).toString('base64url');
    const { sessionId, token } = session;
    const streamUrl = `ws://127.0.0.1:${this.port}${GATEWAY_PATH}${sessionId}?role=publish_subscribe`;
    this.expire(session);
    return { sessionId, streamUrl, token };
  }

  /** Nobody came for the session: it is forgotten. */
  private expire(session: GatewaySession): void {
    clearTimeout(session.timer);
    session.timer = setTimeout(
      () => this.end(session.sessionId, 'Session timed out.'),
      this.options.resumableMs,
    );
    session.timer.unref();
  }

  /** The first message must be text and hold the token. Until then nothing else is heard. */
  private greet(session: GatewaySession, client: WebSocket, connection: Socket): void {
    client.on('error', () => client.terminate());
    client.on('message', (data: Buffer, isBinary) => {
      if (session.client === client) {
        if (isBinary) session.agent.receive(data);
        return;
      }
      if (isBinary || data.length > OPEN_TEXT_BYTES_MAX) return;
      const open = parseObject(data);
      if (typeof open?.TokenValue !== 'string' || open.TokenValue !== session.token) {
        client.close(1008, 'invalid token');
        return;
      }
      session.token = undefined;
      this.attach(session, client, connection);
    });
  }

  private attach(session: GatewaySession, client: WebSocket, connection: Socket): void {
    // One client at a time: a newer channel takes over.
    const former = session.client;
    session.client = client;
    former?.close(1000, 'Bye');
    clearTimeout(session.timer);
    session.timer = setTimeout(() => client.close(1000, 'Bye'), this.options.channelMsMax);
    session.timer.unref();
    client.on('close', () => {
      if (session.client !== client) return;
      session.client = undefined;
      session.agent.detach();
      if (this.sessions.has(session.sessionId)) this.expire(session);
    });
    client.send(encodeStartPublication());
    session.agent.attach(client, connection);
  }

  private end(sessionId: string, reason: string): void {
    const session = this.sessions.get(sessionId);
    if (session === undefined) return;
    this.sessions.delete(sessionId);
    clearTimeout(session.timer);
    session.agent.close();
    const client = session.client;
    if (client?.readyState !== WebSocket.OPEN) return;
    client.send(encodeChannelClosed(sessionId, reason), () => client.close(1000));
  }
}

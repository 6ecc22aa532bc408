/** The websocket of a session: opened with signed headers, no sub-protocol, no extensions. */
import type { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { messageOf } from '../../std/failure.ts';
import { channelUnreachable } from '../errors.ts';
import { MESSAGE_BYTES_MAX } from '../message.ts';
import type { ChannelWrite } from '../session-events.ts';
import { corkTurn } from './cork-turn.ts';

/** Where a channel is opened, and with what. Headers hold a signature: never log them. */
export interface ChannelAddress {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Carries proxy and TLS settings. */
  readonly agent?: Agent;
}

export interface ChannelHandlers {
  message(bytes: Uint8Array): void;
  /** A pong. */
  heard(): void;
  /** Once, after opening. */
  lost(why: { readonly closeCode: number; readonly words: string }): void;
}

const OPEN_MS_MAX = 15_000;

export class ChannelSocket {
  private readonly socket: WebSocket;
  private readonly connection: Socket | undefined;

  constructor(socket: WebSocket, connection: Socket | undefined) {
    this.socket = socket;
    this.connection = connection;
  }

  /** Bytes handed over that the network has not taken. */
  get waitingBytes(): number {
    return this.socket.bufferedAmount;
  }

  write(write: ChannelWrite): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    if (this.connection !== undefined) corkTurn(this.connection);
    if (write.kind === 'ping') this.socket.ping('keepalive');
    else this.socket.send(write.kind === 'text' ? write.text : write.bytes);
  }

  /** Closes kindly, and at once when the other side does not answer. */
  close(): void {
    this.socket.close(1000);
    this.socket.terminate();
  }
}

/** Opens a websocket, or throws a failure that says why not. Aborting gives up. */
export async function openChannel(
  address: ChannelAddress,
  handlers: ChannelHandlers,
  signal: AbortSignal,
): Promise<ChannelSocket> {
  signal.throwIfAborted();
  const host = new URL(address.url).host;
  const socket = new WebSocket(address.url, {
    headers: address.headers,
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES_MAX,
    handshakeTimeout: OPEN_MS_MAX,
    ...(address.agent === undefined ? {} : { agent: address.agent }),
  });
  let connection: Socket | undefined;
  socket.once('upgrade', (response) => {
    connection = response.socket;
    connection.setNoDelay(true);
  });
  listen(socket, handlers);
  const abort = () => socket.terminate();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await opened(socket, host);
  } finally {
    signal.removeEventListener('abort', abort);
  }
  return new ChannelSocket(socket, connection);
}

function listen(socket: WebSocket, handlers: ChannelHandlers): void {
  let open = false;
  let words = '';
  socket.on('open', () => {
    open = true;
  });
  socket.on('message', (data: Buffer, isBinary) => {
    // After the first message of the client, text says nothing in this protocol.
    if (isBinary) handlers.message(data);
  });
  socket.on('pong', () => handlers.heard());
  socket.on('ping', () => handlers.heard());
  socket.on('error', (error) => {
    words = messageOf(error);
  });
  socket.on('close', (closeCode) => {
    if (open) handlers.lost({ closeCode, words: words || describeClose(closeCode) });
  });
}

function describeClose(closeCode: number): string {
  if (closeCode === 1000) return 'the gateway closed the channel, as it does every hour';
  return closeCode === 1006 ? 'the connection broke' : `the channel was closed with code ${closeCode}`;
}

function opened(socket: WebSocket, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      reject(
        channelUnreachable(host, `it answered ${response.statusCode} ${response.statusMessage ?? ''}`.trim()),
      );
    });
    socket.once('error', (error) => reject(channelUnreachable(host, messageOf(error), error)));
    socket.once('close', () => reject(channelUnreachable(host, 'the connection was closed')));
  });
}

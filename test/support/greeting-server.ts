/** A target on loopback that greets like a MySQL server and then does what a test wants: by default it echoes. */
import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';

export const GREETING_VERSION = '8.0.36-test';

export interface GreetingServer extends AsyncDisposable {
  readonly port: number;
  readonly sockets: Set<Socket>;
  /** Connections so far. */
  count(): number;
}

export function greeting(): Buffer {
  const body = Buffer.concat([Buffer.of(10), Buffer.from(`${GREETING_VERSION}\0`), Buffer.alloc(40, 1)]);
  return Buffer.concat([Buffer.of(body.length, 0, 0, 0), body]);
}

export async function openGreetingServer(
  serve: (socket: Socket) => void = (socket) => socket.pipe(socket),
): Promise<GreetingServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer({ noDelay: true }, (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.write(greeting());
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    count: () => connections,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

import { connect } from 'node:net';

/** Enough for any greeting; a peer that sends more without one is not a MySQL server. */
const GREETING_BYTES_MAX = 1024;
const HEADER_BYTES = 4;
const PROTOCOL_VERSION = 10;
/** Instead of a greeting: too many connections, for example. A server all the same. */
const ERROR_PACKET = 0xff;
const UNKNOWN_VERSION = 'unknown';

export type ServerAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/**
 * Reads the greeting a MySQL server sends to whoever connects, and gives the version it states.
 * Undefined when nobody answers in time, or somebody else does. Nothing is logged in.
 */
export async function readGreeting(address: ServerAddress, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(address);
    let received = Buffer.alloc(0);
    const end = (version: string | undefined) => {
      socket.destroy();
      resolve(version);
    };
    socket.setTimeout(timeoutMs, () => end(undefined));
    socket.once('error', () => end(undefined));
    socket.once('close', () => end(undefined));
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      const kind = received[HEADER_BYTES];
      const last = received.indexOf(0, HEADER_BYTES + 1);
      if (kind === ERROR_PACKET) end(UNKNOWN_VERSION);
      else if (kind !== undefined && kind !== PROTOCOL_VERSION) end(undefined);
      else if (last !== -1) end(parseVersion(received.toString('latin1', HEADER_BYTES + 1, last)));
      else if (received.length > GREETING_BYTES_MAX) end(undefined);
    });
  });
}

/** MariaDB 10 puts `5.5.5-` first, for replicas that are older than version 10. */
function parseVersion(text: string): string {
  return text.replace(/^5\.5\.5-/, '');
}

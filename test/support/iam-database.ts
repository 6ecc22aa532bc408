// A stand-in for a database that takes IAM tokens: speaks the MySQL protocol just far enough to log a client in over
// TLS with mysql_clear_password, as RDS Proxy and Aurora do, and answers every statement with OK. It keeps what
// clients sent as their password. Not a database.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { CAPABILITY } from '../../src/mysql/capabilities.ts';
import { encodeGreeting } from '../../src/mysql/greeting.ts';
import { encodePacket, type Packet, PacketReader } from '../../src/mysql/packet.ts';

export interface IamDatabase extends AsyncDisposable {
  readonly port: number;
  /** One per login, in order. */
  readonly passwords: string[];
  /** Whether any byte of a login came before TLS. */
  readonly sawPlainLogin: () => boolean;
  /** Whether tokens are turned down, as for a role that may not connect as this user. */
  refuses: boolean;
}

const PACKET_BYTES_MAX = 1 << 20;
const TLS_REQUEST_BYTES = 32;
const OK = Uint8Array.of(0, 0, 0, 2, 0, 0, 0);
/** Error 1045, SQL state 28000. */
const ACCESS_DENIED = Buffer.from("\u00ff\u0015\u0004#28000Access denied for user 'shop_api'@'%'", 'latin1');

export async function startIamDatabase(tls: {
  readonly key: string;
  readonly cert: string;
}): Promise<IamDatabase> {
  const passwords: string[] = [];
  const sockets = new Set<Socket>();
  let plainLogin = false;

  function talk(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.write(encodePacket(0, greeting()));
    socket.once('data', (first) => {
      if (first[0] !== TLS_REQUEST_BYTES) {
        plainLogin = true;
        socket.destroy();
        return;
      }
      // The client's TLS may have begun in the same chunk.
      socket.pause();
      socket.unshift(first.subarray(4 + TLS_REQUEST_BYTES));
      const secure = new TLSSocket(socket, { isServer: true, ...tls });
      secure.on('error', () => undefined);
      const reader = new PacketReader(PACKET_BYTES_MAX);
      let step = 0;
      secure.on('data', (chunk) => {
        reader.push(chunk);
        for (let packet = reader.next(); packet !== undefined; packet = reader.next()) {
          secure.write(answer(step++, packet));
        }
      });
    });
  }

  function answer(step: number, { sequence, payload }: Packet): Uint8Array {
    if (step === 0) {
      const change = Buffer.from('\u00femysql_clear_password\0', 'latin1');
      return encodePacket(sequence + 1, change);
    }
    if (step === 1) passwords.push(Buffer.from(payload).toString('utf8'));
    if (step === 1 && database.refuses) return encodePacket(sequence + 1, ACCESS_DENIED);
    return encodePacket(sequence + 1, OK);
  }

  const server = createServer(talk).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const database: IamDatabase = {
    port: address.port,
    refuses: false,
    passwords,
    sawPlainLogin: () => plainLogin,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return database;
}

function greeting(): Uint8Array {
  const { protocol41, tls, secureConnection, pluginAuth, longPassword, connectWithDatabase } = CAPABILITY;
  return encodeGreeting({
    version: new TextEncoder().encode('8.0.39'),
    connectionId: 1,
    flags: protocol41 | tls | secureConnection | pluginAuth | longPassword | connectWithDatabase,
    extendedFlags: 0,
    characterSet: 45,
    status: 2,
    scramble: new Uint8Array(20).fill(7),
    plugin: 'mysql_native_password',
  });
}

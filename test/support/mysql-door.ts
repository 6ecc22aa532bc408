import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import type { DoorLogin } from '../../src/mysql/door-login.ts';
import type { DatabaseAccess } from '../../src/platform/database.ts';
import { type DoorEvent, type MysqlDoorInput, openMysqlDoor } from '../../src/tunnel/io/mysql-door.ts';

export interface DoorPort {
  readonly port: number;
  readonly events: readonly DoorEvent[];
  readonly connections: () => number;
  /** Resolves with the next event of a kind, or with one that has already been. */
  next<Kind extends DoorEvent['event']>(kind: Kind): Promise<Extract<DoorEvent, { event: Kind }>>;
  close(): Promise<void>;
}

export interface DoorPortInput extends Omit<MysqlDoorInput, 'target'> {
  readonly target?: string;
  readonly login: (request: { readonly refused?: DoorLogin }) => Promise<DoorLogin> | DoorLogin;
  readonly dial: () => Duplex | Promise<Duplex>;
}

/** A door on a free loopback port, gone when the test ends. */
export async function startDoor(t: Pick<TestContext, 'after'>, input: DoorPortInput): Promise<DoorPort> {
  const door = await openDoorPort(input);
  t.after(() => door.close());
  return door;
}

export async function openDoorPort(input: DoorPortInput): Promise<DoorPort> {
  const events: DoorEvent[] = [];
  const waiting = new Set<() => void>();
  const { login, dial, ...rest } = input;
  const door = openMysqlDoor(
    { target: 'the test database', ...rest },
    {
      login: async (request) => login(request),
      notify: (event) => {
        events.push(event);
        for (const wake of waiting) wake();
      },
    },
  );
  const server = createServer((client) => {
    client.setNoDelay(true);
    door.accept(client, dial);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    events,
    connections: () => door.connections,
    async next<Kind extends DoorEvent['event']>(kind: Kind) {
      type Wanted = Extract<DoorEvent, { event: Kind }>;
      for (;;) {
        const found = events.find((event): event is Wanted => event.event === kind);
        if (found !== undefined) return found;
        await new Promise<void>((wake) => waiting.add(wake));
      }
    },
    async close() {
      door.close();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A new TCP connection to the server, as a tunnel's stream would be. */
export function dialer(access: Pick<DatabaseAccess, 'host' | 'port'>): () => Socket {
  return () => connect({ host: access.host, port: access.port, noDelay: true });
}

/** The login of a user of the private server, over TLS verified by its own authority. */
export function loginOf(access: DatabaseAccess): DoorLogin {
  const { user, password, tls } = access;
  const login = { user, password, credential: 'secret' } as const;
  return tls === undefined ? login : { ...login, tls: { serverName: tls.serverName, ca: tls.ca } };
}

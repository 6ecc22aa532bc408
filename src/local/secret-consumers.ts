import type { DatabaseAccess, DatabaseUser } from '../platform/database.ts';
import type { ConsumerCheck } from '../platform/secrets.ts';
import { messageOf } from '../std/failure.ts';
import { openSourceSession } from './source-session.ts';
import { openSqlSession } from './sql-session.ts';

/** One who logs in with a secret, and how. */
interface Consumer {
  readonly name: string;
  /** Logs in the consumer's way and says as whom. */
  readonly logIn: (access: DatabaseAccess) => Promise<string>;
}

const CONSUMERS: Readonly<Record<DatabaseUser, readonly Consumer[]>> = {
  etl_reader: [
    { name: 'dp db exec and shell', logIn: overSocket },
    { name: 'passwordless door', logIn: overTls },
    { name: 'daily load', logIn: inSnapshot },
  ],
  shop_api: [
    { name: 'Shop API', logIn: throughShopApi },
    { name: 'dp db exec and shell', logIn: overSocket },
    { name: 'passwordless door', logIn: overTls },
  ],
  admin: [
    { name: 'migrations and seeding', logIn: overSocket },
    { name: 'passwordless door', logIn: overTls },
  ],
};

export function consumersOf(user: DatabaseUser): string[] {
  return CONSUMERS[user].map(({ name }) => name);
}

/** Logs in through every path with this access. Reports instead of throwing. */
export async function checkConsumers(user: DatabaseUser, access: DatabaseAccess): Promise<ConsumerCheck[]> {
  return Promise.all(
    CONSUMERS[user].map(async ({ name, logIn }) => {
      try {
        return { consumer: name, outcome: 'verified', detail: await logIn(access) };
      } catch (error) {
        return { consumer: name, outcome: 'failed', detail: messageOf(error) };
      }
    }),
  );
}

async function overSocket(access: DatabaseAccess): Promise<string> {
  await using session = await openSqlSession(access);
  const { rows } = await session.query('SELECT CURRENT_USER()');
  const way = access.socketPath === undefined ? 'over TLS' : 'over the socket';
  return `logged in as ${rows[0]?.[0]} ${way}`;
}

/** As the door of a tunnel does: TCP, TLS with the certificate checked. */
async function overTls(access: DatabaseAccess): Promise<string> {
  const { socketPath: _socket, ...overNetwork } = access;
  return overSocket(overNetwork);
}

async function inSnapshot(access: DatabaseAccess): Promise<string> {
  await using session = await openSourceSession(access);
  const [row] = await session.query('SELECT CURRENT_USER()');
  return `logged in as ${row?.[0]} in a consistent snapshot`;
}

/** Loaded when asked for: the shop's application is large. */
async function throughShopApi(access: DatabaseAccess): Promise<string> {
  const { openLocalShopStore } = await import('./shop-store.ts');
  await using shop = await openLocalShopStore(access, { connectionsMax: 1 });
  await shop.store.ping();
  return 'the shop’s store answers over its own pool';
}

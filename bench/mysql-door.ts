// What the passwordless door costs: connections and large results through it, against TLS straight to the
// server and against a plain TCP proxy under the client's own TLS. All end in TLS at the server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2/promise';
import { encodePacket } from '../src/mysql/packet.ts';
import type { DatabaseAccess } from '../src/platform/database.ts';
import { openShopServer } from '../test/support/shop-server.ts';
import { interleave, median, printRatios } from './support/measure.ts';

export const name = 'mysql-door';

const CONNECTIONS = 200;
const ROUND_TRIPS = 500;
const DOWNLOADS = 7;
const ROWS = 400;
const ROW_BYTES = 1_000_000;
/** Every row: a packet header of four bytes, a length of four, and the text. */
const RESULT_BYTES = ROWS * (4 + 4 + ROW_BYTES);
const COM_QUERY = 0x03;
const END_OF_RESULT = 0xfe;

export async function run(): Promise<void> {
  const server = await openShopServer();
  try {
    const ways = await openWays(await server.database.access('shop_api'));
    await measure(ways.options);
    ways.close();
  } finally {
    await server.stop();
  }
}

type Way = 'direct' | 'proxy' | 'door';
type EachWay<T> = Readonly<Record<Way, T>>;

async function openWays(
  access: DatabaseAccess,
): Promise<{ options: EachWay<ConnectionOptions>; close(): void }> {
  const script = join(import.meta.dirname, 'support/mysql-door-process.ts');
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.write(JSON.stringify(access));
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  const { doorPort, proxyPort } = JSON.parse(line);
  const { host, port, user, password, database, tls } = access;
  const direct = { host, port, user, password, database, ssl: { ca: tls?.ca ?? '' } };
  const proxy = { ...direct, port: proxyPort };
  const door = { host, port: doorPort, user: 'anybody', database };
  return { options: { direct, proxy, door }, close: () => child.stdin.end() };
}

async function measure(options: EachWay<ConnectionOptions>): Promise<void> {
  console.log('connect, log in, first statement:');
  const connect = await interleave(
    CONNECTIONS,
    overWays((way) => () => connectOnce(options[way])),
  );
  printRatios(connect, 'direct');
  const open = {
    direct: await createConnection(options.direct),
    proxy: await createConnection(options.proxy),
    door: await createConnection(options.door),
  };
  console.log('\none statement on an open connection:');
  const trips = await interleave(
    ROUND_TRIPS,
    overWays((way) => () => timed(() => open[way].query('DO 1'))),
  );
  printRatios(trips, 'direct');
  console.log(`\na result of ${RESULT_BYTES / 1e6} MB:`);
  const downloads = await interleave(
    DOWNLOADS,
    overWays((way) => () => timed(() => download(open[way]))),
  );
  printRatios(downloads, 'direct');
  for (const connection of Object.values(open)) connection.destroy();
  const added = (times: EachWay<number[]>): string => (median(times.door) - median(times.direct)).toFixed(2);
  const speed = (way: Way): number => RESULT_BYTES / 1e3 / Math.min(...downloads[way]);
  console.log(`\nthe door adds ${added(connect)} ms to a connection and ${added(trips)} ms to a round trip;`);
  console.log(
    `its best ${speed('door').toFixed(0)} MB/s are ${(speed('door') / speed('direct')).toFixed(2)} × direct TLS` +
      ` and ${(speed('door') / speed('proxy')).toFixed(2)} × the plain proxy`,
  );
}

function overWays<T>(give: (way: Way) => T): EachWay<T> {
  return { direct: give('direct'), proxy: give('proxy'), door: give('door') };
}

async function connectOnce(options: ConnectionOptions): Promise<number> {
  const started = performance.now();
  const connection = await createConnection(options);
  await connection.query('DO 1');
  const ms = performance.now() - started;
  await connection.end();
  return ms;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Counts the bytes of a result without decoding it, so that the way is measured and not the driver. */
async function download(connection: Connection): Promise<void> {
  const { stream } = (connection as unknown as { connection: { stream: Duplex } }).connection;
  const listeners = stream.listeners('data') as ((bytes: Buffer) => void)[];
  stream.removeAllListeners('data');
  const sql = `SELECT repeat('x', ${ROW_BYTES}) FROM seq_1_to_${ROWS}`;
  const done = new Promise<void>((resolve) => {
    let bytes = 0;
    stream.on('data', (part: Buffer) => {
      bytes += part.length;
      // The packet after the last row has a first byte of its own, and less than ten behind it.
      if (bytes > RESULT_BYTES && part.subarray(-10).includes(END_OF_RESULT)) resolve();
    });
  });
  stream.write(encodePacket(0, Buffer.concat([Uint8Array.of(COM_QUERY), Buffer.from(sql)])));
  await done;
  stream.removeAllListeners('data');
  for (const listener of listeners) stream.on('data', listener);
}

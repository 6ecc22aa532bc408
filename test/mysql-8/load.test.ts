// Aurora's engine is MySQL 8.0, and the local server is MariaDB: here a real MySQL 8.0 says what the lake must hold.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SOURCE_SESSION } from '../../src/etl/source-sql.ts';
import { addedTables, fillLineitem } from '../support/added-tables.ts';
import { analystTables } from '../support/analyst-tables.ts';
import { DAY, fillShop, textsOf } from '../support/etl-platform.ts';
import { fillShapes } from '../support/fill-shapes.ts';
import { loadOnBoth } from '../support/load-on-both.ts';
import { type Mysql8Server, openMysql8Server } from '../support/mysql-8-server.ts';
import { portableTables } from '../support/portable-tables.ts';

let server: Mysql8Server;
before(async () => {
  server = await openMysql8Server();
});
after(async () => {
  await server?.stop();
});

test('what a session that reads the source sets makes MySQL compare texts by their characters alone', async () => {
  await using session = await server.database.connect('etl_reader');
  for (const statement of SOURCE_SESSION) await session.query(statement);
  const { rows } = await session.query(
    "SELECT VERSION(), @@collation_connection, 'a' = 'A', 'a' = 'á', 'a' = 'a ', '' = ' ', 'a' LIKE 'A'",
  );
  const [version, ...rest] = rows[0] ?? [];
  assert.match(version ?? '', /^8\.0\./);
  assert.deepEqual(rest, ['utf8mb4_0900_bin', '0', '0', '0', '0', '0']);
  assert.deepEqual(await textsOf(server.database, "SELECT 'a' = 'A'"), ['1'], 'by itself it does not');
});

test('every type, every allowed function and the questions of analysts are the same on MySQL 8.0, DuckDB and Spark', async (t) => {
  const { database } = server;
  const seed = Date.now() % 1_000_000;
  t.diagnostic(`seed ${seed}`);
  await fillShop(database, { orders: 1_500, days: 3, lastDay: '2026-11-22' });
  await fillShapes(database, seed);
  await fillLineitem(database, DAY);
  await loadOnBoth(t, {
    database,
    tables: [...portableTables(), ...analystTables(), ...(await addedTables(t))],
    force: true,
  });
});

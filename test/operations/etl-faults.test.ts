import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { readLedger } from '../../src/operations/read-ledger.ts';
import { type EtlEvent, runEtl } from '../../src/operations/run-etl.ts';
import type { Database } from '../../src/platform/database.ts';
import { fillShop, LAKE_DATABASE, openEtlPlatform, runOf } from '../support/etl-platform.ts';
import { sharedShopServer } from '../support/shop-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DAY = '2026-11-21';
const CHILD = join(import.meta.dirname, '../support/etl-child.ts');
const server = sharedShopServer();
let filled: Promise<void> | undefined;

async function publishedPlatform(t: test.TestContext) {
  const { database } = await server();
  filled ??= fillShop(database, { orders: 3_000, days: 2, lastDay: '2026-11-22' });
  await filled;
  const folder = await temporaryFolder(t);
  const deps = await openEtlPlatform({ database, folder });
  const [day] = (await runEtl(runOf(DAY), deps)).days;
  assert.equal(day?.state, 'verified');
  return { deps, folder, runId: day.runId };
}

/** Readers still see that run in every table, and the day says that the last one failed. */
async function assertUntouched(
  deps: Awaited<ReturnType<typeof openEtlPlatform>>,
  runId: string | null,
): Promise<void> {
  for (const { contract } of deps.tables) {
    const partition = await deps.catalog.findPartition({ database: LAKE_DATABASE, table: contract.table }, [
      DAY,
    ]);
    assert.equal(partition?.parameters['dp.run_id'], runId, contract.table);
  }
  const [record] = await readLedger([DAY], deps);
  assert.deepEqual([record?.state, record?.publishedRunId], ['failed', runId]);
}

/** The database behind a wire that is cut after so many bytes from the server. */
async function cutAfter(bytesMax: number, database: Database, t: test.TestContext): Promise<Database> {
  const socketPath = join(await temporaryFolder(t), 'wire');
  const target = await database.access('etl_reader');
  const wire = createServer((near) => {
    const far = connect(target.socketPath ?? '');
    let bytes = 0;
    const cut = (): void => {
      near.destroy();
      far.destroy();
    };
    far.on('data', (piece) => {
      bytes += piece.length;
      if (bytes > bytesMax) cut();
      else near.write(piece);
    });
    near.on('data', (piece) => far.write(piece));
    near.on('error', cut).on('close', cut);
    far.on('error', cut).on('close', cut);
  });
  wire.listen(socketPath);
  await once(wire, 'listening');
  t.after(() => wire.close());
  return { ...database, access: async (user) => ({ ...(await database.access(user)), socketPath }) };
}

for (const bytes of [20_000, 100_000]) {
  test(`the database is lost after ${bytes} bytes of the extract: the published day stays`, async (t) => {
    const { deps, folder, runId } = await publishedPlatform(t);
    const { database } = await server();
    const broken = await openEtlPlatform({
      database: await cutAfter(bytes, database, t),
      folder,
      nowMs: deps.clock.now() + 1_000,
    });
    const run = await runEtl(runOf(DAY), broken);
    assert.equal(run.end, 'temporary');
    assert.equal(run.days[0]?.error?.code, 'database-lost');
    await assertUntouched(deps, runId);
    const again = await openEtlPlatform({ database, folder, nowMs: deps.clock.now() + 100_000 });
    assert.equal((await runEtl(runOf(DAY), again)).end, 'ok');
  });
}

const DAMAGES: readonly (readonly [name: string, damage: (path: string) => void])[] = [
  ['a digit is another', (path) => overwrite(path, replaceAt(readFileSync(path), /\|paid\|/, '|pair|'))],
  ['the last line is gone', (path) => truncateSync(path, readFileSync(path).lastIndexOf('\n', -2) + 1)],
  [
    'it is cut in the middle of a line',
    (path) => truncateSync(path, Math.floor(readFileSync(path).length / 2)),
  ],
  ['its start is zeroes', (path) => overwrite(path, Buffer.alloc(512))],
];

function replaceAt(bytes: Buffer, what: RegExp, by: string): Buffer {
  const text = bytes.toString('latin1');
  return Buffer.from(text.replace(what, by), 'latin1');
}

function overwrite(path: string, bytes: Buffer): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, 0);
  closeSync(file);
}

for (const [name, damage] of DAMAGES) {
  test(`a landed file is damaged (${name}): the published day stays`, async (t) => {
    const { deps, runId } = await publishedPlatform(t);
    const root = fileURLToPath(deps.lake.root);
    let current = '';
    const notify = (event: EtlEvent): void => {
      if (event.event === 'day-started') current = event.runId;
      if (event.event !== 'extracted' || event.table !== 'orders') return;
      damage(join(root, `landing/orders/dt=${DAY}/run=${current}/part-00000.txt`));
    };
    const run = await runEtl(runOf(DAY), { ...deps, notify });
    assert.equal(run.end, 'failed', JSON.stringify(run.days[0]?.error));
    assert.match(run.days[0]?.error?.code ?? '', /landed-file-damaged|lake-differs|engine-failed/);
    await assertUntouched(deps, runId);
  });
}

test('the disk is full: the run says so and the published day stays', async (t) => {
  const { deps, folder, runId } = await publishedPlatform(t);
  const { projectRoot, environmentVariables } = await server();
  // A limit on the size of a file stands for a full disk: writing beyond it fails in the same way.
  const limited = `trap '' XFSZ; ulimit -f 40; exec "$NODE" "$CHILD"`;
  const child = spawn('bash', ['-c', limited], {
    env: {
      ...environmentVariables,
      NODE: process.execPath,
      CHILD,
      ETL_PROJECT: projectRoot,
      ETL_FOLDER: folder,
      ETL_DAY: DAY,
      ETL_NOW: String(deps.clock.now() + 1_000),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (piece) => (text += piece));
  child.stderr.on('data', (piece) => (text += piece));
  const [code] = await once(child, 'close');
  assert.equal(code, 1, text);
  assert.match(text, /"code":"disk-full"/);
  await assertUntouched(deps, runId);
});

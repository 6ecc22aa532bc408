// The same day of the same database into Parquet on the same machine, turn by turn: dp's DuckDB engine with all its
// checks and the comparison with the source, and dlt, sling and a plain PySpark script, which check nothing.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePythonTools } from '../scripts/python-tools.ts';
import { packageRoot } from '../src/config/package-root.ts';
import { messageOf } from '../src/std/failure.ts';
import { DAY } from '../test/support/etl-platform.ts';
import { openShopServer, type ShopServer } from '../test/support/shop-server.ts';
import { fillDay, POOL_MEGABYTES } from './etl-extract.ts';
import { median } from './support/measure.ts';
import { ensureSpark } from './support/spark.ts';

export const name = 'etl-peers';

const ITEMS = 1_000_000;
const ROUNDS = 3;
const ROWS_PER_ITEM = 4 / 3;
const WINDOW = ['2026-11-20 15:00:00', '2026-11-21 15:00:00'] as const;
const SUPPORT = join(import.meta.dirname, 'support');

interface Taken {
  readonly seconds: number;
  readonly megabytes: number;
}

interface Racer {
  readonly who: string;
  readonly command: (folder: string, access: string) => readonly string[];
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Where it runs. Default: here. */
  readonly cwd?: string;
  /** Before each round, and not counted. */
  readonly prepare?: () => Promise<void>;
}

/** Prints rows a second and peak memory for each, and dp against the quickest of the others. */
export async function run(items = ITEMS, rounds = ROUNDS): Promise<void> {
  const server = await openShopServer(POOL_MEGABYTES);
  try {
    await fillDay(server, items);
    const racers = [dp(server), ...(await peers())];
    const taken = new Map<string, Taken[]>(racers.map(({ who }) => [who, []]));
    for (let round = 0; round < rounds; round++) {
      for (const racer of racers) {
        const one = await race(racer, server);
        taken.get(racer.who)?.push(one);
        console.log(`round ${round + 1}: ${racer.who} ${one.seconds.toFixed(1)} s, ${one.megabytes} MB`);
      }
    }
    report(items, taken);
  } finally {
    await server.stop();
  }
}

/** The command as an operator types it, in a project whose lake is empty. */
function dp(server: ShopServer): Racer {
  const words = ['etl', 'run', '--date', DAY, '--no-input', '--quiet'];
  return {
    who: 'dp, DuckDB, checked',
    command: () => [process.execPath, join(packageRoot(), 'bin', 'run.js'), ...words],
    variables: server.environmentVariables,
    cwd: server.projectRoot,
    prepare: async () => {
      for (const folder of [server.paths.lake, server.paths.catalog])
        await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Those that can be had; the others are said to be missing. */
async function peers(): Promise<Racer[]> {
  const found: Racer[] = [];
  for (const [who, make] of Object.entries({ dlt: byDlt, sling: bySling, 'plain PySpark': bySpark })) {
    try {
      found.push(await make());
    } catch (error) {
      console.log(`NOT RUN: ${who}: ${messageOf(error)}`);
    }
  }
  return found;
}

const byDlt = (): Racer => byPython('dlt, pyarrow', 'dlt_day.py');
const bySling = (): Racer => byPython('sling', 'sling_day.py');

function byPython(who: string, script: string): Racer {
  const bin = process.env.DP_PEERS_BIN ?? ensurePythonTools('bench/requirements-peers.txt');
  const command = (folder: string, access: string): string[] => [
    join(bin, 'python'),
    join(SUPPORT, script),
    ...[access, folder, ...WINDOW],
  ];
  return { who, command, variables: {} };
}

async function bySpark(): Promise<Racer> {
  const tools = await ensureSpark();
  const settings = ['--master', 'local[2]', '--driver-memory', '1g', '--conf', 'spark.ui.enabled=false'];
  const jar = ['--driver-class-path', tools.connectorJar, '--jars', tools.connectorJar];
  return {
    who: 'plain PySpark',
    command: (folder, access) => [
      tools.sparkSubmit,
      ...[...settings, ...jar, join(SUPPORT, 'plain_pyspark.py')],
      ...[access, folder, ...WINDOW],
    ],
    variables: {
      PYSPARK_PYTHON: tools.python,
      PYSPARK_DRIVER_PYTHON: tools.python,
      SPARK_LOCAL_IP: '127.0.0.1',
    },
  };
}

async function race(racer: Racer, { database }: ShopServer): Promise<Taken> {
  const folder = await mkdtemp(join(tmpdir(), 'dp-peers-'));
  const access = `${folder}.json`;
  await racer.prepare?.();
  try {
    const { host, port, user, password, database: schema } = await database.access('etl_reader');
    await writeFile(access, JSON.stringify({ host, port, user, password, database: schema }), {
      mode: 0o600,
    });
    const { status, stdout, stderr } = spawnSync(
      'python3',
      [join(SUPPORT, 'peak_memory.py'), ...racer.command(folder, access)],
      { encoding: 'utf8', env: { ...process.env, ...racer.variables }, cwd: racer.cwd },
    );
    if (status !== 0) throw new Error(`${racer.who} failed: ${stderr}`);
    return JSON.parse(stdout) as Taken;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(access, { force: true });
  }
}

function report(items: number, taken: ReadonlyMap<string, readonly Taken[]>): void {
  const figures = [...taken].map(([who, all]) => {
    const seconds = median(all.map((one) => one.seconds));
    const rowsPerSecond = Math.round((items * ROWS_PER_ITEM) / seconds);
    return {
      who,
      seconds: seconds.toFixed(1),
      rowsPerSecond,
      megabytes: Math.max(...all.map((one) => one.megabytes)),
    };
  });
  console.table(figures);
  const [mine, ...others] = figures;
  const quickest = Math.max(...others.map(({ rowsPerSecond }) => rowsPerSecond));
  if (mine !== undefined && others.length > 0)
    console.log(
      `dp against the quickest: ${(mine.rowsPerSecond / quickest).toFixed(2)} (goal: at least 2.00)`,
    );
}

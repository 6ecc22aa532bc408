// A day of one million order_items by the Glue job's own Spark on local[2], against a plain PySpark script that reads
// the same tables by JDBC, writes the same Parquet and checks nothing.
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SparkTools } from '../src/local/spark-tools.ts';
import { runEtl } from '../src/operations/run-etl.ts';
import { DAY, runOf } from '../test/support/etl-platform.ts';
import { openShopServer, type ShopServer } from '../test/support/shop-server.ts';
import { openSparkPlatform } from '../test/support/spark-platform.ts';
import { fillDay, POOL_MEGABYTES } from './etl-extract.ts';
import { ensureSpark } from './support/spark.ts';

export const name = 'etl-spark';

const ITEMS = 1_000_000;
const ROUNDS = 3;

/** Where a run's time went, in milliseconds. */
interface Phases {
  readonly start: number;
  readonly extract: number;
  readonly write: number;
  readonly check: number;
  readonly publish: number;
  readonly total: number;
}

/** Both, turn by turn; prints the median of each phase and the ratio. */
export async function run(items = ITEMS, rounds = ROUNDS): Promise<void> {
  const tools = await ensureSpark();
  const server = await openShopServer(POOL_MEGABYTES);
  try {
    await fillDay(server, items);
    const mine: Phases[] = [];
    const plain: number[] = [];
    for (let round = 0; round < rounds; round++) {
      plain.push(await runPlain(server, tools));
      mine.push(await runMine(server));
      console.log(
        `round ${round + 1}: ${((mine.at(-1)?.total ?? 0) / (plain.at(-1) ?? 0)).toFixed(2)} of plain PySpark`,
      );
    }
    report(items, { mine, plain });
  } finally {
    await server.stop();
  }
}

async function runMine({ database }: ShopServer): Promise<Phases> {
  const folder = await mkdtemp(join(tmpdir(), 'dp-bench-'));
  const at = new Map<string, number>();
  const mark = (event: string): void => void at.set(event, performance.now());
  try {
    const platform = await openSparkPlatform({ database, folder, trace: mark });
    const begun = performance.now();
    const { end } = await runEtl(runOf(DAY), platform);
    if (end !== 'ok') throw new Error(`the day ended ${end}`);
    const ended = performance.now();
    const when = (event: string): number => at.get(event) ?? Number.NaN;
    return {
      start: when('spark-ready') - begun,
      extract: when('measured') - when('spark-ready'),
      write: when('written') - when('measured'),
      check: when('loaded') - when('written'),
      publish: ended - when('loaded'),
      total: ended - begun,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runPlain({ database }: ShopServer, tools: SparkTools): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'dp-bench-'));
  try {
    const { host, port, user, password, database: schema } = await database.access('etl_reader');
    const access = join(folder, 'access.json');
    await writeFile(access, JSON.stringify({ host, port, user, password, database: schema }), {
      mode: 0o600,
    });
    await mkdir(join(folder, 'out'));
    const begun = performance.now();
    const { status, stderr } = spawnSync(
      tools.sparkSubmit,
      [
        ...['--master', 'local[2]', '--driver-memory', '1g', '--conf', 'spark.ui.enabled=false'],
        ...['--conf', 'spark.sql.shuffle.partitions=2', '--driver-class-path', tools.connectorJar],
        ...['--jars', tools.connectorJar, join(import.meta.dirname, 'support', 'plain_pyspark.py')],
        ...[access, join(folder, 'out'), '2026-11-20 15:00:00', '2026-11-21 15:00:00'],
      ],
      {
        encoding: 'utf8',
        env: {
          ...process.env,
          PYSPARK_PYTHON: tools.python,
          PYSPARK_DRIVER_PYTHON: tools.python,
          SPARK_LOCAL_IP: '127.0.0.1',
        },
      },
    );
    if (status !== 0) throw new Error(`plain PySpark failed: ${stderr.slice(-500)}`);
    return performance.now() - begun;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function report(
  items: number,
  times: { readonly mine: readonly Phases[]; readonly plain: readonly number[] },
): void {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const phases = ['start', 'extract', 'write', 'check', 'publish', 'total'] as const;
  console.log(`${items.toLocaleString('en-US')} order_items, medians of ${times.plain.length} rounds`);
  for (const phase of phases) {
    console.log(`dp on Spark, ${phase.padEnd(8)} ${seconds(median(times.mine.map((one) => one[phase])))}`);
  }
  const [mine, plain] = [median(times.mine.map(({ total }) => total)), median(times.plain)];
  console.log(`plain PySpark, total  ${seconds(plain)}`);
  console.log(`dp / plain            ${(mine / plain).toFixed(2)} (goal: at most 2.50)`);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

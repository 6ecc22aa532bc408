import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LakeTable } from '../lake/contract.ts';
import type { DatabaseAccess } from '../platform/database.ts';
import type { Engine, EngineEvent, LoadDayRequest, LoadedDay } from '../platform/engine.ts';
import { type LocalEngineInput, openLocalEngine } from './engine.ts';
import { sparkEnded, sparkFailed } from './spark-errors.ts';
import { runSpark, type SparkEnd } from './spark-run.ts';
import type { SparkTools } from './spark-tools.ts';

export interface SparkEngineInput extends LocalEngineInput {
  readonly tools: SparkTools;
  /** `infra/glue/job.py` */
  readonly jobPath: string;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  /** Connections that read side by side; with one, one statement in one snapshot reads everything. @default 1 */
  readonly readers?: number;
  /** @default 'local[2]' */
  readonly master?: string;
  /** Told each of the job's events as it comes: benches time them. */
  readonly trace?: (event: string) => void;
  /** @default 1024 */
  readonly driverMemoryMiB?: number;
}

const DRIVER_MEMORY_MIB = 1024;
const SHUFFLE_PARTITIONS = 2;

/**
 * The daily load on Spark, by the very job that Glue runs, in processes of its own. What only asks the database,
 * and reading published files again, is as with DuckDB: the second engine reads what the first has written.
 */
export function openSparkEngine(input: SparkEngineInput): Engine {
  return {
    ...openLocalEngine(input),
    name: 'spark',
    loadDay: (request, notify) => loadDay(request, { input, notify }),
  };
}

interface LoadDeps {
  readonly input: SparkEngineInput;
  readonly notify: (event: EngineEvent) => void;
}

async function loadDay(request: LoadDayRequest, deps: LoadDeps): Promise<LoadedDay> {
  const { input } = deps;
  request.signal?.throwIfAborted();
  const access = await input.database.access('etl_reader');
  const folder = join(input.spillFolder, `spark-${request.runId}`);
  const logPath = join(input.spillFolder, `spark-${request.runId}.log`);
  mkdirSync(folder, { recursive: true });
  try {
    writeDefinitions(request.tables, join(folder, 'definitions'));
    writeFileSync(join(folder, 'access.json'), accessText(access), { mode: 0o600 });
    return await runJob(request, { ...deps, folder, logPath });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runJob(
  request: LoadDayRequest,
  deps: LoadDeps & { readonly folder: string; readonly logPath: string },
): Promise<LoadedDay> {
  const { input, logPath } = deps;
  let loaded: LoadedDay | undefined;
  let failed: { readonly code: string; readonly message: string } | undefined;
  const end = await runSpark(
    {
      command: input.tools.sparkSubmit,
      args: submitArguments(request, deps),
      environmentVariables: {
        ...input.environmentVariables,
        PYSPARK_PYTHON: input.tools.python,
        PYSPARK_DRIVER_PYTHON: input.tools.python,
        SPARK_LOCAL_IP: '127.0.0.1',
        TZ: 'UTC',
      },
      logPath,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    },
    (said) => {
      input.trace?.(said.event);
      if (said.event === 'loaded') loaded = (said as unknown as { day: LoadedDay }).day;
      else if (said.event === 'failed') failed = said as unknown as { code: string; message: string };
      else if (isStep(said.event)) deps.notify(stepOf(said));
    },
  );
  request.signal?.throwIfAborted();
  if (failed !== undefined) throw sparkFailed({ ...failed, log: logPath });
  if (loaded === undefined || end.code !== 0)
    throw sparkEnded({ date: request.date, how: howOf(end), log: logPath });
  rmSync(logPath, { force: true });
  return loaded;
}

const STEPS: readonly string[] = ['extracted', 'written', 'measured', 'checked'];

function isStep(event: string): event is EngineEvent['step'] {
  return STEPS.includes(event);
}

function stepOf(said: { readonly event: string } & Record<string, unknown>): EngineEvent {
  return { step: said.event as EngineEvent['step'], table: String(said.table), rows: Number(said.rows) };
}

function submitArguments(
  request: LoadDayRequest,
  { input, folder }: LoadDeps & { readonly folder: string },
): string[] {
  const settings = {
    'spark.ui.enabled': 'false',
    'spark.driver.host': '127.0.0.1',
    'spark.driver.bindAddress': '127.0.0.1',
    'spark.sql.shuffle.partitions': String(SHUFFLE_PARTITIONS),
    'spark.local.dir': folder,
    'spark.sql.warehouse.dir': join(folder, 'warehouse'),
    'spark.driver.extraJavaOptions': `-Duser.timezone=UTC -Dderby.system.home=${folder}`,
    'spark.log.level': 'WARN',
  };
  return [
    ...['--master', input.master ?? 'local[2]'],
    ...['--driver-memory', `${input.driverMemoryMiB ?? DRIVER_MEMORY_MIB}m`],
    ...['--jars', input.tools.connectorJar, '--driver-class-path', input.tools.connectorJar],
    ...Object.entries(settings).flatMap(([name, value]) => ['--conf', `${name}=${value}`]),
    input.jobPath,
    ...['--date', request.date, '--run-id', request.runId],
    ...['--lake-folder', input.lakeFolder, '--definitions', join(folder, 'definitions')],
    ...['--database-access', join(folder, 'access.json')],
    ...['--readers', String(input.readers ?? 1)],
  ];
}

/** The tables as files, byte for byte as they were read. */
function writeDefinitions(tables: readonly LakeTable[], folder: string): void {
  for (const { contract, transform, checks } of tables) {
    const at = join(folder, contract.table);
    mkdirSync(join(at, 'checks'), { recursive: true });
    writeFileSync(join(at, 'contract.json'), JSON.stringify(contract));
    writeFileSync(join(at, 'transform.sql'), transform);
    for (const { name, sql } of checks) writeFileSync(join(at, 'checks', `${name}.sql`), sql);
  }
}

function accessText({ host, port, user, password, database, tls }: DatabaseAccess): string {
  const authority = tls?.caPath === undefined ? {} : { host: tls.serverName, caPath: tls.caPath };
  return JSON.stringify({ host, port, user, password, database, ...authority });
}

function howOf({ code, signal }: SparkEnd): string {
  return code === null ? `it was ended by ${signal ?? 'a signal'}` : `exit code ${code}`;
}

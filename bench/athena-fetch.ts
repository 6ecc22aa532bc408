// Fetching an Athena result to a CSV file: dp against PyAthena, awswrangler and the AWS CLI, on one endpoint in one run.
// The endpoint is a server of this repository (support/athena-server.ts), not Athena: ratios count, not seconds.
// DP_BENCH_ROWS sets the size; pages of the API make the slow clients take minutes at the default of 1,000,000.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePythonTools } from '../scripts/python-tools.ts';
import { getExecution } from '../src/aws/athena-execution.ts';
import { readPage } from '../src/aws/athena-pages.ts';
import { openResult } from '../src/aws/athena-result.ts';
import { openAwsClients } from '../src/aws/aws-clients.ts';
import { openObject } from '../src/aws/s3-ranges.ts';
import { openSignIn } from '../src/aws/sign-in.ts';
import { median } from './support/measure.ts';

export const name = 'athena-fetch';

const root = join(import.meta.dirname, '..');
const ROUNDS = 5;
const LATENCY_MS = 100;
const SLOW_MS_MAX = 900_000;

interface Server {
  readonly endpoint: string;
  readonly bytes: number;
  readonly child: ChildProcess;
}

interface Measured {
  readonly ms: number;
  readonly peakMegabytes: number | undefined;
}

interface Client {
  readonly label: string;
  readonly rounds: number;
  run(): Measured;
}

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dp-bench-'));
  try {
    const rows = Number(process.env.DP_BENCH_ROWS ?? 1_000_000);
    await compareClients(rows, folder);
    await compareSizes(rows, folder);
    await measureFirstRow();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compareClients(rows: number, folder: string): Promise<void> {
  const server = await startServer(rows, 0);
  try {
    console.log(
      `${rows.toLocaleString('en-US')} rows × 8 columns, ${(server.bytes / 1e6).toFixed(1)} MB, to a CSV file`,
    );
    const [download, ours, ...others] = clientsFor(server, folder);
    if (download === undefined || ours === undefined) throw new Error('nothing to compare');
    // In turns, so that a slow moment of the machine hits both.
    const pair: [Measured[], Measured[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      pair[0].push(download.run());
      pair[1].push(ours.run());
    }
    const unit = median(pair[0].map((one) => one.ms));
    print(download.label, pair[0], unit);
    print(ours.label, pair[1], unit);
    for (const client of others)
      print(
        client.label,
        Array.from({ length: client.rounds }, () => client.run()),
        unit,
      );
  } finally {
    server.child.kill();
  }
}

function print(label: string, runs: readonly Measured[], unit: number): void {
  const ms = median(runs.map((one) => one.ms));
  const peaks = runs.flatMap((one) => one.peakMegabytes ?? []);
  const memory =
    peaks.length === 0
      ? ''
      : `${Math.max(...peaks)
          .toFixed(0)
          .padStart(6)} MB peak`;
  console.log(
    `${label.padEnd(34)} ${(ms / 1000).toFixed(2).padStart(8)} s ${(ms / unit).toFixed(2).padStart(8)} × ${memory}`,
  );
}

function clientsFor(server: Server, folder: string): Client[] {
  const output = join(folder, 'out.csv');
  const env = environmentFor(server, folder);
  const bin = ensurePythonTools('test/requirements-bench.txt');
  const python = (client: string, rounds: number): Client => ({
    label: client,
    rounds,
    run: () => {
      const script = join(root, 'bench', 'support', 'athena_clients.py');
      const { ms, stdout } = timed(join(bin, 'python'), [script, client, output], { env });
      return { ms, peakMegabytes: Number(stdout.trim().split('\n').at(-1)) / 1024 };
    },
  });
  const url = `${server.endpoint}/bench-results/q1.csv`;
  const download = join(root, 'bench', 'support', 'download.js');
  const aws = join(bin, 'aws');
  const pages = ['athena', 'get-query-results', '--query-execution-id', 'q1', '--output', 'text'];
  return [
    {
      label: 'plain download (node)',
      rounds: 1,
      run: () => ({
        ms: timed(process.execPath, [download, url, output], { env }).ms,
        peakMegabytes: undefined,
      }),
    },
    { label: 'dp query -o out.csv', rounds: 1, run: () => dp(['-o', output], folder, env) },
    { label: 'dp query --format ndjson', rounds: 1, run: () => dp(['-o', `${output}.ndjson`], folder, env) },
    {
      label: 'aws s3 cp (the file only)',
      rounds: 3,
      run: () => ({
        ms: timed(aws, ['s3', 'cp', '--quiet', 's3://bench-results/q1.csv', output], { env }).ms,
        peakMegabytes: undefined,
      }),
    },
    python('awswrangler', 1),
    python('pyathena-arrow', 1),
    python('pyathena', 1),
    {
      label: 'aws athena get-query-results',
      rounds: 1,
      run: () => ({ ms: timed(aws, pages, { env, output }).ms, peakMegabytes: undefined }),
    },
    {
      label: 'dp query --fetch api',
      rounds: 1,
      run: () => dp(['-o', output, '--fetch', 'api'], folder, env),
    },
  ];
}

/**
 * A tenth of the size, and three times as much. Peak memory must not grow with it; and what both take for a further
 * byte shows the fetch without the start, the signing and the first look after 100 ms.
 */
async function compareSizes(rows: number, folder: string): Promise<void> {
  const medians: { readonly download: number; readonly dp: number }[] = [];
  for (const size of [Math.round(rows / 10), rows * 3]) {
    const server = await startServer(size, 0);
    try {
      const [download, ours] = clientsFor(server, folder);
      if (download === undefined || ours === undefined) throw new Error('nothing to compare');
      const runs = Array.from({ length: ROUNDS }, () => ({ download: download.run(), dp: ours.run() }));
      const of = (client: 'download' | 'dp'): number => median(runs.map((run) => run[client].ms));
      const peak = Math.max(...runs.map((run) => run.dp.peakMegabytes ?? 0));
      medians.push({ download: of('download'), dp: of('dp') });
      console.log(
        `${size.toLocaleString('en-US').padStart(9)} rows: download ${(of('download') / 1000).toFixed(2)} s, dp ${(of('dp') / 1000).toFixed(2)} s, ${peak.toFixed(0)} MB peak`,
      );
    } finally {
      server.child.kill();
    }
  }
  const [small, large] = medians;
  if (small === undefined || large === undefined) return;
  const ratio = (large.dp - small.dp) / (large.download - small.download);
  console.log(`a further byte costs dp ${ratio.toFixed(2)} × what it costs the download`);
}

/** With a long line between: the first row of a short result against one API call and one read of S3. */
async function measureFirstRow(): Promise<void> {
  const server = await startServer(10, LATENCY_MS);
  Object.assign(process.env, environmentFor(server, tmpdir()));
  const signIn = openSignIn({
    environment: 'bench',
    profile: undefined,
    profileOrigin: undefined,
    region: 'ap-northeast-1',
    account: undefined,
    environmentVariables: process.env,
  });
  const clients = openAwsClients({ signIn, environmentVariables: process.env });
  try {
    const [client, s3] = [await clients.athena(), await clients.s3()];
    const settings = { clients, workgroup: 'primary', resultLocation: undefined, now: () => Date.now() };
    const execution = await getExecution('q1', client);
    const signal = new AbortController().signal;
    const times = { first: [] as number[], api: [] as number[], s3: [] as number[] };
    for (let round = 0; round < ROUNDS * 2; round++) {
      times.api.push(await took(() => readPage({ execution, client, signal })));
      times.s3.push(
        await took(async () => {
          const object = await openObject({ bucket: 'bench-results', key: 'q1.csv' }, { client: s3, signal });
          for await (const _ of object.first);
        }),
      );
      times.first.push(
        await took(async () => {
          const result = await openResult({ execution, fetch: 'auto', signal, refused: new Set() }, settings);
          for await (const _ of result.batches()) break;
        }),
      );
    }
    console.log(
      `${LATENCY_MS} ms of latency, 10 rows: first row after ${median(times.first).toFixed(0)} ms; ` +
        `one API call ${median(times.api).toFixed(0)} ms, one read of S3 ${median(times.s3).toFixed(0)} ms`,
    );
  } finally {
    await clients.close();
    server.child.kill();
  }
}

async function took(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function dp(args: readonly string[], folder: string, env: NodeJS.ProcessEnv): Measured {
  const memory = join(folder, 'memory');
  const command = [
    '--import',
    join(root, 'bench', 'support', 'write-peak-memory.js'),
    join(root, 'bin', 'run.js'),
    ...['query', 'SELECT * FROM orders', '--env', 'bench', '--quiet', ...args],
  ];
  const { ms } = timed(process.execPath, command, { env: { ...env, DP_BENCH_MEMORY: memory }, cwd: folder });
  return { ms, peakMegabytes: Number(readFileSync(memory, 'utf8')) / 1024 };
}

function timed(
  program: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly cwd?: string; readonly output?: string },
): { ms: number; stdout: string } {
  const started = performance.now();
  const { env, cwd, output } = options;
  const ended = spawnSync(program, args, {
    env,
    ...(cwd === undefined ? {} : { cwd }),
    encoding: 'utf8',
    maxBuffer: 2 ** 31,
    timeout: SLOW_MS_MAX,
  });
  if (output !== undefined) writeFileSync(output, ended.stdout);
  const ms = performance.now() - started;
  if (ended.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${ended.stderr}`);
  return { ms, stdout: ended.stdout };
}

function environmentFor(server: Server, folder: string): NodeJS.ProcessEnv {
  const config = join(folder, 'dp.config.json');
  if (folder !== tmpdir() && statSync(config, { throwIfNoEntry: false }) === undefined)
    writeFileSync(config, '{"environments":{"bench":{"kind":"aws"}}}');
  return {
    ...process.env,
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_DEFAULT_REGION: 'ap-northeast-1',
    AWS_REGION: 'ap-northeast-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    NO_PROXY: '127.0.0.1',
  };
}

async function startServer(rows: number, latencyMs: number): Promise<Server> {
  const script = join(root, 'bench', 'support', 'athena-server.ts');
  const child = spawn(process.execPath, [script, String(rows), String(latencyMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { ...(JSON.parse(line.toString()) as { endpoint: string; bytes: number }), child };
}

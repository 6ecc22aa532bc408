import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sparkNotSetUp, sparkSetUpFailed } from './spark-errors.ts';

/** The driver that Glue 5.1 brings. */
const CONNECTOR = { artifact: 'com.mysql:mysql-connector-j:8.0.33', file: 'mysql-connector-j-8.0.33.jar' };
const LINES_OF_ERROR = 3;

/** Where Spark and what it needs are. */
export interface SparkTools {
  readonly sparkSubmit: string;
  readonly python: string;
  readonly connectorJar: string;
}

export interface SparkToolsInput {
  /** `<project>/.dp/cache` */
  readonly cache: string;
  /** `infra/glue/requirements.txt`: its content names the environment. */
  readonly requirements: string;
  /** DP_SPARK_VENV and DP_CONNECTOR_JAR point at ones made elsewhere. */
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
}

/** Finds what was set up before. Throws a Failure that names what is missing. */
export function findSparkTools(input: SparkToolsInput): SparkTools {
  const tools = toolsOf(input);
  const missing = [
    ...(existsSync(tools.sparkSubmit) ? [] : ['pyspark']),
    ...(existsSync(tools.connectorJar) ? [] : ["MySQL's driver for Java"]),
  ];
  if (missing.length > 0) throw sparkNotSetUp(missing);
  return tools;
}

/** Makes what is missing, with Python's and Java's own package tools. A half-made environment is never used. */
export async function setUpSparkTools(
  input: SparkToolsInput,
  deps: { readonly notify: (text: string) => void; readonly signal?: AbortSignal },
): Promise<SparkTools> {
  const tools = toolsOf(input);
  await runTool('java', ['-version'], 'looking for Java 17', deps);
  if (!existsSync(tools.sparkSubmit)) await makeEnvironment(input, deps);
  if (!existsSync(tools.connectorJar)) await fetchConnector(tools.connectorJar, deps);
  return findSparkTools(input);
}

type SetUpDeps = Parameters<typeof setUpSparkTools>[1];

async function makeEnvironment(input: SparkToolsInput, deps: SetUpDeps): Promise<void> {
  const folder = environmentFolder(input);
  const draft = `${folder}.draft-${process.pid}`;
  deps.notify('Setting up Spark: pyspark 3.5.6, about 320 MB. This is done once.');
  await mkdir(join(input.cache, 'spark'), { recursive: true });
  try {
    await runTool('python3', ['-m', 'venv', draft], 'making a Python environment', deps);
    const install = ['-m', 'pip', 'install', '--quiet', '--no-input', '-r', input.requirements];
    await runTool(join(draft, 'bin', 'python'), install, 'installing pyspark', deps);
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function fetchConnector(jar: string, deps: SetUpDeps): Promise<void> {
  const folder = join(jar, '..');
  const draft = `${folder}.draft-${process.pid}`;
  await mkdir(draft, { recursive: true });
  try {
    // Maven wants a project to stand in; an empty one will do.
    await writeFile(join(draft, 'pom.xml'), EMPTY_PROJECT);
    const copy = ['-q', '-B', '-f', join(draft, 'pom.xml'), 'dependency:copy'];
    const where = [
      `-Dartifact=${CONNECTOR.artifact}`,
      `-DoutputDirectory=${draft}`,
      '-Dmdep.useBaseVersion=true',
    ];
    await runTool('mvn', [...copy, ...where], "fetching MySQL's driver", deps);
    await mkdir(folder, { recursive: true });
    await rename(join(draft, CONNECTOR.file), jar);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

const EMPTY_PROJECT =
  '<project><modelVersion>4.0.0</modelVersion><groupId>dp</groupId><artifactId>drivers</artifactId><version>1</version><packaging>pom</packaging></project>\n';

function toolsOf(input: SparkToolsInput): SparkTools {
  const { DP_SPARK_VENV: venv, DP_CONNECTOR_JAR: jar } = input.environmentVariables;
  const bin = join(venv ?? environmentFolder(input), 'bin');
  return {
    // The launcher asks its own Python where Spark is: a moved environment still works.
    sparkSubmit: join(bin, 'spark-submit'),
    python: join(bin, 'python'),
    connectorJar: jar ?? join(input.cache, 'jars', CONNECTOR.file),
  };
}

/** Another list of requirements is another environment. */
function environmentFolder({ cache, requirements }: SparkToolsInput): string {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return join(cache, 'spark', `python-${hash}`);
}

async function runTool(
  command: string,
  args: readonly string[],
  what: string,
  { signal }: SetUpDeps,
): Promise<void> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => said.push(text));
  }
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject).once('close', resolve);
  const code = await promise.catch((error) => {
    signal?.throwIfAborted();
    throw sparkSetUpFailed(what, `${command}: ${error.message}.`);
  });
  if (code === 0) return;
  throw sparkSetUpFailed(what, said.join('').trim().split('\n').slice(-LINES_OF_ERROR).join(' '));
}

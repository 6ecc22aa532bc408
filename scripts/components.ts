// What the tests need beyond npm packages, each set up by one function on a fresh machine.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findMysqlBinaries } from '../src/local/mysql-binaries.ts';

/** A thing that must be on the machine for some suites. */
export type Component = 'database' | 'schemathesis';

const cache = join(import.meta.dirname, '..', '.dp', 'cache');
const made = new Map<Component, Promise<Record<string, string>>>();

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
    case 'schemathesis':
      return { DP_SCHEMATHESIS: join(await ensurePythonTools('test/requirements-api.txt'), 'schemathesis') };
  }
}

async function ensureDatabaseServer(): Promise<Record<string, string>> {
  const { mysqld } = await findMysqlBinaries({
    environmentVariables: process.env,
    cache,
    notify: console.log,
  });
  return { DP_MYSQLD: mysqld };
}

/** A virtual environment with exactly what a requirements file pins, made anew when the file changes. Gives its bin folder. */
async function ensurePythonTools(requirements: string): Promise<string> {
  const path = join(import.meta.dirname, '..', requirements);
  const hash = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12);
  const folder = join(cache, `python-${hash}`);
  const ready = join(folder, 'ready');
  if (!existsSync(ready)) {
    run('python3', ['-m', 'venv', '--clear', folder]);
    run(join(folder, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', path]);
    writeFileSync(ready, '');
  }
  return join(folder, 'bin');
}

function run(program: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')} failed: ${stderr.trim().split('\n').at(-1)}`);
}

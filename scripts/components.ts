// What the tests need beyond npm packages, each set up by one function on a fresh machine.
import { join } from 'node:path';
import { findMysqlBinaries } from '../src/local/mysql-binaries.ts';
import { ensurePythonTools } from './python-tools.ts';

/** A thing that must be on the machine for some suites. */
export type Component = 'database' | 'python-aws';

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
    case 'python-aws':
      return { DP_TEST_PYTHON: join(ensurePythonTools('test/requirements-aws.txt'), 'python') };
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

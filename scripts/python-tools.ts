// Python programs that tests and benches run beside dp: one virtual environment per requirements file.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../src/std/failure.ts';
import { hashOf, installPackages, runProgram } from './machine.ts';

const root = join(import.meta.dirname, '..');

/**
 * A virtual environment with exactly what a requirements file pins, made anew when the file changes. Gives its bin
 * folder. `requirements` is a path from the repository's root. Throws with the reason when Python or PyPI cannot be had.
 */
export function ensurePythonTools(requirements: string): string {
  const path = join(root, requirements);
  const folder = join(root, '.dp', 'cache', `python-${hashOf(readFileSync(path))}`);
  const ready = join(folder, 'ready');
  if (!existsSync(ready)) {
    makeEnvironment(folder);
    const pip = ['install', '--quiet', '--disable-pip-version-check', '-r', path];
    runProgram(join(folder, 'bin', 'pip'), pip);
    writeFileSync(ready, '');
  }
  return join(folder, 'bin');
}

function makeEnvironment(folder: string): void {
  const venv = ['-m', 'venv', '--clear', folder];
  try {
    runProgram('python3', venv);
  } catch (error) {
    // Debian keeps venv in a package of its own.
    try {
      installPackages(['python3', 'python3-venv']);
    } catch (missing) {
      throw new Error(`${messageOf(missing)} (${messageOf(error)})`);
    }
    runProgram('python3', venv);
  }
}

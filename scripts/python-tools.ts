// Python programs that tests and benches run beside dp: one virtual environment per requirements file.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/**
 * A virtual environment with exactly what a requirements file pins, made anew when the file changes. Gives its bin
 * folder. `requirements` is a path from the repository's root. Throws with the reason when Python or PyPI cannot be had.
 */
export function ensurePythonTools(requirements: string): string {
  const path = join(root, requirements);
  const hash = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12);
  const folder = join(root, '.dp', 'cache', `python-${hash}`);
  const ready = join(folder, 'ready');
  if (!existsSync(ready)) {
    makeEnvironment(folder);
    const pip = ['install', '--quiet', '--disable-pip-version-check', '-r', path];
    run(join(folder, 'bin', 'pip'), pip);
    writeFileSync(ready, '');
  }
  return join(folder, 'bin');
}

function makeEnvironment(folder: string): void {
  const venv = ['-m', 'venv', '--clear', folder];
  try {
    run('python3', venv);
  } catch (error) {
    // Debian keeps venv in a package of its own.
    if (process.getuid?.() !== 0) {
      throw new Error(
        `needs python3 with venv: sudo apt-get install python3 python3-venv (${messageOf(error)})`,
      );
    }
    run('apt-get', ['update', '-qq']);
    run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', 'python3', 'python3-venv']);
    run('python3', venv);
  }
}

function run(program: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args[0]} failed: ${stderr.trim().split('\n').at(-1)}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

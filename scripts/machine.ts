// What setting up does to this machine: programs that run to their end, and packages of its own kind.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';

/** Debian's packages, where we may install them; elsewhere the reason says what is missing. */
export function installPackages(packages: readonly string[]): void {
  if (process.getuid?.() !== 0 || !works('apt-get', ['--version'])) {
    throw new Error(`${packages.join(', ')} must be installed first`);
  }
  runProgram('apt-get', ['update', '-qq']);
  runProgram('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages]);
}

/** Names a folder by what made it: the first 12 hex digits of the content's SHA-256. */
export function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}

/** Whether a program is there and ends with 0. */
export function works(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/** Runs a program to its end. Throws the last line that it said when it fails. */
export function runProgram(program: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) {
    throw new Error(`${program} ${args.join(' ')} failed: ${stderr.trim().split('\n').at(-1)}`);
  }
}

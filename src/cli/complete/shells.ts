import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../config/package-root.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What the shell is to load; it asks `dp __complete` at every Tab. */
export function completionScript(shell: Shell): Promise<string> {
  return readFile(join(packageRoot(), 'bin', 'completion', `dp.${shell}`), 'utf8');
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { commandFailed, noClipboard } from './errors.ts';

export interface HandedSecret {
  readonly username: string;
  readonly password: string;
}

const STDERR = 2;

/** Programs that put their input on the clipboard; the first that is there is used. */
const CLIPBOARDS: readonly (readonly [string, ...string[]])[] = [
  ['pbcopy'],
  ['wl-copy'],
  ['xclip', '-selection', 'clipboard'],
  ['xsel', '--clipboard', '--input'],
  ['clip.exe'],
];

/** Puts the password on the clipboard, through a pipe: it appears in no list of processes. */
export async function copySecret(secret: HandedSecret): Promise<void> {
  for (const [program, ...words] of CLIPBOARDS) {
    const child = spawn(program, words, { stdio: ['pipe', 'ignore', 'ignore'] });
    const ended = new Promise<number | null>((resolve) => {
      child.once('error', () => resolve(null));
      child.once('close', resolve);
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(secret.password);
    if ((await ended) === 0) return;
  }
  throw noClipboard();
}

/**
 * Runs a command with the login in DP_SECRET_USERNAME, DP_SECRET_PASSWORD and MYSQL_PWD, which only this user's
 * processes can see. With `--json` its output goes to stderr, so that stdout stays one object. Throws when it fails.
 */
export async function runWithSecret(
  input: { readonly command: string; readonly json: boolean },
  secret: HandedSecret,
): Promise<void> {
  const { username, password } = secret;
  const child = spawn(input.command, {
    shell: true,
    stdio: ['inherit', input.json ? STDERR : 'inherit', 'inherit'],
    env: {
      ...process.env,
      DP_SECRET_USERNAME: username,
      DP_SECRET_PASSWORD: password,
      MYSQL_PWD: password,
    },
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (code !== 0) throw commandFailed(code === null ? `signal ${signal}` : `code ${code}`);
}

import { Failure, messageOf } from '../std/failure.ts';

const DOCS = 'docs/local.md';

/** How to get a server where dp cannot unpack one by itself. */
export function noServerFound(input: { platform: NodeJS.Platform; looked: string[]; rejected: string[] }) {
  const install: Partial<Record<NodeJS.Platform, string>> = {
    darwin: 'Install MariaDB: brew install mariadb',
    win32: 'Run dp inside WSL (Debian or Ubuntu): wsl --install -d Debian',
    linux: "Install MariaDB's server with your package manager, for example: dnf install mariadb-server",
  };
  const rejected = input.rejected.length === 0 ? '' : ` Found, but not usable: ${input.rejected.join('; ')}.`;
  return new Failure({
    code: 'database-server-not-found',
    kind: 'configuration',
    message:
      `Cannot start the local database: no MariaDB server (10.6 or newer) on this machine. ` +
      `Looked in ${input.looked.join(', ')}.${rejected}`,
    nextSteps: [
      install[input.platform] ?? 'Install the MariaDB server.',
      'Or point dp at a server binary: export DP_MYSQLD=/path/to/mariadbd',
    ],
    docs: DOCS,
  });
}

export function serverNotUsable(input: { path: string; reason: string }) {
  return new Failure({
    code: 'database-server-not-usable',
    kind: 'configuration',
    message: `Cannot use the database server DP_MYSQLD=${input.path}: ${input.reason}.`,
    nextSteps: [
      'Point DP_MYSQLD at a MariaDB server binary (10.6 or newer).',
      'Or let dp look for one: unset DP_MYSQLD',
    ],
    docs: DOCS,
  });
}

export function unpackFailed(input: { reason: string; rejected: string[]; cause?: unknown }) {
  const rejected = input.rejected.length === 0 ? '' : ` Found, but not usable: ${input.rejected.join('; ')}.`;
  return new Failure({
    code: 'database-server-not-downloaded',
    kind: 'unreachable',
    message:
      'Cannot start the local database: no MariaDB server is installed, and its Debian package ' +
      `could not be downloaded: ${input.reason}.${rejected}`,
    nextSteps: [
      'Check the network (or the proxy), then run the command again.',
      'Or install it: sudo apt-get install mariadb-server-core',
      'Or point dp at a server binary: export DP_MYSQLD=/path/to/mariadbd',
    ],
    docs: DOCS,
    cause: input.cause,
  });
}

export function notDeployed(input: { root: string; what: string }) {
  return new Failure({
    code: 'environment-not-deployed',
    kind: 'not-ready',
    message: `Cannot reach the local database: ${input.what} is missing in ${input.root}.`,
    nextSteps: ['dp deploy'],
    docs: DOCS,
  });
}

/** `folder` lies on the disk that is full; left out where only the server knows it. */
export function diskFull(input: { folder?: string; cause?: unknown }) {
  const { folder } = input;
  const disk = folder === undefined ? 'its disk' : `the disk of ${folder}`;
  return new Failure({
    code: 'disk-full',
    kind: 'failed',
    message: `Cannot go on with the local database: no space is left on ${disk}.`,
    nextSteps: [`Free some space (df -h ${folder ?? '.dp'}), then run the command again.`],
    docs: DOCS,
    cause: input.cause,
  });
}

export function folderTooDeep(input: { bytes: number; bytesMax: number }) {
  return new Failure({
    code: 'folder-too-deep',
    kind: 'configuration',
    message:
      `Cannot make the local database here: the path of its data folder has ${input.bytes} bytes, ` +
      `and MariaDB takes ${input.bytesMax}.`,
    nextSteps: ['Move the project to a folder with a shorter path, then run dp deploy there.'],
    docs: DOCS,
  });
}

/** `words` are the server's own last error lines. */
export function serverDidNotStart(input: { words: string; log: string }) {
  return new Failure({
    code: 'database-not-started',
    kind: 'failed',
    message: `Cannot start the local database: ${input.words}`,
    nextSteps: [
      `Read the server's log: ${input.log}`,
      'Start over, losing its data: dp destroy --confirm local && dp deploy',
    ],
    docs: DOCS,
  });
}

export function serverNotReady(input: { timeoutMs: number; log: string }) {
  return new Failure({
    code: 'database-not-ready',
    kind: 'timed-out',
    message: `The local database was started, but did not answer within ${input.timeoutMs / 1000} s.`,
    nextSteps: ['Run the command again; recovery may still be going on.', `Read its log: ${input.log}`],
    docs: DOCS,
  });
}

export function serverDidNotStop(input: { pid: number }) {
  return new Failure({
    code: 'database-not-stopped',
    kind: 'failed',
    message: `Cannot stop the local database: process ${input.pid} is still there after it was killed.`,
    nextSteps: [`Look at it: ps -fp ${input.pid}`],
    docs: DOCS,
  });
}

export function shopApiDidNotStart(input: { words: string; log: string }) {
  return new Failure({
    code: 'shop-api-not-started',
    kind: 'failed',
    message: `Cannot start the Shop API: ${input.words === '' ? 'it does not answer' : input.words}.`,
    nextSteps: [`Read its log: ${input.log}`, 'Try again: dp deploy'],
    docs: DOCS,
  });
}

export function shopApiDidNotStop(input: { pid: number }) {
  return new Failure({
    code: 'shop-api-not-stopped',
    kind: 'failed',
    message: `Cannot stop the Shop API: process ${input.pid} is still there after it was killed.`,
    nextSteps: [`Look at it: ps -fp ${input.pid}`],
    docs: DOCS,
  });
}

export function shopApiCutOff(input: { url: string; cause: unknown }) {
  return new Failure({
    code: 'shop-api-cut-off',
    kind: 'temporary',
    message: `No answer from the Shop API at ${input.url}: ${messageOf(input.cause)}. The request may have been carried out.`,
    nextSteps: [
      'See what was carried out before you send it again',
      'dp deploy starts a dead Shop API again',
    ],
    docs: 'docs/shop-api.md',
    cause: input.cause,
  });
}

export function lockNotFreed(input: { what: string; pid: number; timeoutMs: number }) {
  return new Failure({
    code: 'local-busy',
    kind: 'temporary',
    message:
      `Cannot ${input.what}: process ${input.pid} has been doing so for more than ` +
      `${input.timeoutMs / 1000} s.`,
    nextSteps: ['Wait for it to end, then run the command again.', `Look at it: ps -fp ${input.pid}`],
    docs: DOCS,
  });
}

export function loginRefused(input: { user: string; words: string; cause: unknown }) {
  return new Failure({
    code: 'database-login-refused',
    kind: 'denied',
    message: `The local database refused the login of ${input.user}: ${input.words}.`,
    nextSteps: ['Make users and passwords agree again: dp deploy'],
    docs: DOCS,
    cause: input.cause,
  });
}

export function tooManyConnections(input: { cause: unknown }) {
  return new Failure({
    code: 'database-busy',
    kind: 'temporary',
    message: 'Cannot log in to the local database: all its connections are taken.',
    nextSteps: ['Close other sessions, then run the command again.'],
    docs: DOCS,
    cause: input.cause,
  });
}

export function secretLost(input: { path: string }) {
  return new Failure({
    code: 'secret-lost',
    kind: 'not-ready',
    message: `Cannot log in to the local database: the file with the admin's password, ${input.path}, is gone.`,
    nextSteps: [
      'Put the file back from a copy.',
      'Or start over, losing the data: dp destroy --confirm local && dp deploy',
    ],
    docs: DOCS,
  });
}

export function databaseLost(input: { words: string; cause: unknown }) {
  return new Failure({
    code: 'database-unreachable',
    kind: 'unreachable',
    message: `The connection to the local database was lost: ${input.words.replace(/\.$/, '')}.`,
    nextSteps: ['Run the command again; it starts a stopped database.', 'dp status'],
    docs: DOCS,
    cause: input.cause,
  });
}

/** `cause` keeps the driver's error, with `errno` and `sqlState`. */
export function statementRejected(input: { words: string; errno: number; sqlState: string; cause: unknown }) {
  return new Failure({
    code: 'sql-rejected',
    kind: 'failed',
    message: `The database rejected the statement: ${input.words} (error ${input.errno}, ${input.sqlState}).`,
    nextSteps: ['Correct the statement, then run it again.'],
    docs: DOCS,
    cause: input.cause,
  });
}

export function clientDidNotStart(input: { path: string; cause: unknown }) {
  return new Failure({
    code: 'database-client-not-started',
    kind: 'failed',
    message: `Cannot start the database client ${input.path}: ${messageOf(input.cause)}.`,
    nextSteps: ['dp db shell --builtin'],
    docs: DOCS,
    cause: input.cause,
  });
}

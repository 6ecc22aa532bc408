import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SqlSession } from '../platform/database.ts';
import type {
  DeployRequest,
  DeployResult,
  Lifecycle,
  LifecycleEvent,
  MigrateResult,
  SeedRequest,
  SeedResult,
  StepProgress,
} from '../platform/lifecycle.ts';
import { accessTo, openLocalDatabase, SHOP_DATABASE } from './database.ts';
import { ensureDatabaseUsers } from './database-users.ts';
import { endRuns } from './end-runs.ts';
import { secretLost } from './errors.ts';
import { withFileLock } from './file-lock.ts';
import { ensureServer, hasServer, type RunningServer, SERVER_HOST, stopServer } from './mysql-server.ts';
import type { LocalPaths } from './paths.ts';
import { findSecret, secretPath } from './secrets-file.ts';
import type { ShopProcess } from './shop-process.ts';
import { openSqlSession } from './sql-session.ts';

/** Long enough for another dp's re-deploy; one that seeds a big shop is reported, not waited for. */
const WAIT_FOR_OTHER_MS = 15_000;

export interface LocalLifecycleInput {
  readonly paths: LocalPaths;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  /** @default stg_core */
  readonly databaseName?: string;
  readonly bufferPoolMegabytes?: number;
}

/** What a deploy does inside the database; the shop's own code (src/local/shop-steps.ts). */
export interface ShopSteps {
  /** Brings the tables up to date. */
  migrate(admin: SqlSession): Promise<MigrateResult>;
  /** Fills the shop as asked; refuses one that holds rows unless it is to be replaced. */
  seed(
    request: SeedRequest,
    deps: { readonly admin: SqlSession; readonly notify: SayOfShop },
  ): Promise<SeedResult>;
  /** Fills an empty or half-filled shop. Undefined when there was nothing to do, else what was made. */
  seedWhenEmpty(
    request: DeployRequest,
    deps: { readonly admin: SqlSession; readonly notify: SayOfShop },
  ): Promise<string | undefined>;
}

/** Something that is said while a shop is filled, and how far that has come. */
export type SayOfShop = (message: string, progress?: StepProgress) => void;

export interface LocalLifecycleDeps {
  readonly shop: ShopSteps;
  /** Without it the environment has no Shop API of its own. */
  readonly shopProcess?: Pick<ShopProcess, 'ensure' | 'stop'>;
}

type Notify = (event: LifecycleEvent) => void;

/** Deploys and destroys the local environment. Every step may be repeated; what is there already stays. */
export function openLocalLifecycle(input: LocalLifecycleInput, deps: LocalLifecycleDeps): Lifecycle {
  const { paths } = input;
  return {
    isDeployed: async () => (await exists(paths.deployedMark)) && (await hasServer(paths)),
    deploy: (request, notify) =>
      underLock(paths, 'deploy', request.signal, () => deploy({ ...input, request }, { ...deps, notify })),
    initializeUsers: async () => {
      await using admin = await openLocalDatabase(input).connect('admin');
      const { databaseName = SHOP_DATABASE } = input;
      const changed = await ensureDatabaseUsers({ secrets: paths.secrets, databaseName }, { admin });
      return [changed ? 'shop_api and etl_reader can log in' : 'Logins are as they should be'];
    },
    migrate: async () => {
      await using admin = await openLocalDatabase(input).connect('admin');
      return await deps.shop.migrate(admin);
    },
    seed: async (request, notify) => {
      await using admin = await openLocalDatabase(input).connect('admin');
      return await deps.shop.seed(request, { admin, notify: sayOf('shop', notify) });
    },
    destroy: async (notify) => {
      if (!(await exists(paths.root))) return;
      await underLock(paths, 'destroy', undefined, () => destroy(paths, { ...deps, notify }));
    },
  };
}

async function deploy(
  input: LocalLifecycleInput & { readonly request: DeployRequest },
  deps: LocalLifecycleDeps & { readonly notify: Notify },
): Promise<DeployResult> {
  const { paths, request, databaseName = SHOP_DATABASE } = input;
  const { notify } = deps;
  const changes: boolean[] = [];
  const step = async (name: string, message: string, work: () => Promise<StepEnd>) => {
    request.signal?.throwIfAborted();
    notify({ step: name, state: 'started', message });
    const end = await work();
    changes.push(end.changed);
    notify({ step: name, state: end.changed ? 'done' : 'unchanged', message: end.message });
  };

  if ((await hasServer(paths)) && (await findSecret(paths.secrets, 'admin')) === undefined) {
    throw secretLost({ path: secretPath(paths.secrets, 'admin') });
  }
  let server: RunningServer | undefined;
  await step('server', 'Starting the database server', async () => {
    const signal = request.signal === undefined ? {} : { signal: request.signal };
    const ensured = await ensureServer({
      ...input,
      ...signal,
      databaseName,
      notify: sayOf('server', notify),
    });
    server = ensured.server;
    return serverStepEnd(ensured);
  });
  if (server === undefined) throw new Error('bug: the server step gave no server');
  await using admin = await openSqlSession(await accessTo({ paths, server, user: 'admin', databaseName }));
  await step('users', 'Creating the logins shop_api and etl_reader', async () => {
    const changed = await ensureDatabaseUsers({ secrets: paths.secrets, databaseName }, { admin });
    return {
      changed,
      message: changed ? 'shop_api and etl_reader can log in' : 'Logins are as they should be',
    };
  });
  // It takes a while to start and needs the processor little: the tables are made and filled meanwhile.
  const starting = deps.shopProcess?.ensure();
  starting?.catch(() => undefined);
  await step('migrations', "Applying the shop's migrations", async () => {
    const { applied } = await deps.shop.migrate(admin);
    const message = applied.length === 0 ? 'Tables are up to date' : `Applied ${applied.join(', ')}`;
    return { changed: applied.length > 0, message };
  });
  await step('shop', 'Looking at the shop', async () => {
    const made = await deps.shop.seedWhenEmpty(request, { admin, notify: sayOf('shop', notify) });
    return { changed: made !== undefined, message: made ?? 'The shop keeps what it holds' };
  });
  await step('lake', 'Preparing the lake and its catalog', async () => {
    const changed = await ensureFolders(paths);
    return { changed, message: changed ? `The lake is ${paths.lake}` : 'Lake and catalog are there' };
  });
  const api = starting === undefined ? {} : await apiStep(starting, step);
  await ensureMark(paths);
  const outputs = { ...outputsOf({ paths, server, databaseName }), ...api };
  return { changed: changes.includes(true), outputs };
}

function sayOf(step: string, notify: Notify): SayOfShop {
  return (message, progress) =>
    notify(
      progress === undefined
        ? { step, state: 'note', message }
        : { step, state: 'progress', message, progress },
    );
}

async function apiStep(
  starting: ReturnType<ShopProcess['ensure']>,
  step: (name: string, message: string, work: () => Promise<StepEnd>) => Promise<void>,
): Promise<Record<string, string>> {
  await step('api', 'Starting the Shop API', async () => {
    const { url, did } = await starting;
    const words = did === 'started' ? 'answers' : 'is already running';
    return { changed: did === 'started', message: `The Shop API ${words} on ${url}` };
  });
  return { shopApiUrl: (await starting).url };
}

interface StepEnd {
  readonly changed: boolean;
  readonly message: string;
}

function serverStepEnd(ensured: { server: RunningServer; did: 'created' | 'started' | 'nothing' }): StepEnd {
  const { server, did } = ensured;
  const words = { created: 'created and started', started: 'started', nothing: 'already running' };
  const message = `MariaDB ${server.version} ${words[did]} on ${SERVER_HOST}:${server.port}`;
  return { changed: did !== 'nothing', message };
}

function outputsOf(input: {
  readonly paths: LocalPaths;
  readonly server: RunningServer;
  readonly databaseName: string;
}): Record<string, string> {
  const { paths, server } = input;
  return {
    databaseHost: SERVER_HOST,
    databasePort: String(server.port),
    databaseName: input.databaseName,
    databaseVersion: server.version,
    lake: paths.lake,
    catalog: paths.catalog,
  };
}

async function ensureFolders(paths: LocalPaths): Promise<boolean> {
  let changed = false;
  for (const folder of [paths.lake, paths.catalog, paths.work]) {
    if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) changed = true;
  }
  return changed;
}

/** Written last: a deploy that was cut off leaves no mark, and the next one completes it. */
async function ensureMark(paths: LocalPaths): Promise<void> {
  if (await exists(paths.deployedMark)) return;
  await writeFile(paths.deployedMark, `${JSON.stringify({ format: 1 })}\n`, { mode: 0o600 });
}

async function destroy(
  paths: LocalPaths,
  deps: LocalLifecycleDeps & { readonly notify: Notify },
): Promise<void> {
  const { notify } = deps;
  // First of all, so that a destroy that is cut off leaves an environment that says it is not deployed.
  await rm(paths.deployedMark, { force: true });
  if (deps.shopProcess !== undefined) {
    notify({ step: 'api', state: 'started', message: 'Stopping the Shop API' });
    const ended = await deps.shopProcess.stop();
    const message = ended ? 'The Shop API has stopped' : 'No Shop API was running';
    notify({ step: 'api', state: ended ? 'done' : 'unchanged', message });
  }
  const ended = await endRuns(paths.jobs);
  if (ended > 0) notify({ step: 'jobs', state: 'done', message: `Stopped ${ended} of the job's runs` });
  notify({ step: 'server', state: 'started', message: 'Stopping the database server' });
  const stopped = await stopServer(paths);
  notify({
    step: 'server',
    state: stopped ? 'done' : 'unchanged',
    message: stopped ? 'The database server has stopped' : 'No database server was running',
  });
  notify({ step: 'files', state: 'started', message: `Deleting ${paths.root}` });
  await rm(paths.root, { recursive: true, force: true });
  notify({ step: 'files', state: 'done', message: `Deleted ${paths.root}` });
}

async function underLock<T>(
  paths: LocalPaths,
  verb: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const lock = {
    path: join(paths.root, 'lifecycle.lock'),
    purpose: `${verb} the local environment`,
    timeoutMs: WAIT_FOR_OTHER_MS,
  };
  return withFileLock(signal === undefined ? lock : { ...lock, signal }, work);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

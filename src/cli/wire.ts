import { join } from 'node:path';
import type { AwsClients } from '../aws/aws-clients.ts';
import type { DatabaseTunnel } from '../aws/database.ts';
import type { SignIn, SignInInput } from '../aws/sign-in.ts';
import type { PlatformNames } from '../config/platform-names.ts';
import type { Settings } from '../config/settings.ts';
import type { LocalCatalog } from '../local/catalog.ts';
import type { LocalPaths } from '../local/paths.ts';
import type { LocalQueryHistory } from '../local/query-history.ts';
import type { Database, DatabaseUser } from '../platform/database.ts';
import type { Platform } from '../platform/platform.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { systemClock } from '../std/clock.ts';
import { notOnAws, onlyOnAws } from './errors.ts';

export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  /** Says one line of progress to the operator. */
  readonly note: (text: string) => void;
  /** Fires when the command is to stop. Asked for by what must then close something, and by nothing else. */
  readonly signal: () => AbortSignal;
}

/**
 * Makes the platform of the chosen environment. The one place that knows both adapters; a port is made, and its
 * code loaded, when a command first asks for it.
 */
export function openPlatform(settings: Settings, surroundings: Surroundings): Platform {
  return settings.environmentConfig.kind === 'local'
    ? openLocalPlatform(settings, surroundings)
    : openAwsPlatform(settings, surroundings);
}

function openLocalPlatform(settings: Settings, surroundings: Surroundings): Platform {
  const disposals: (() => Promise<void>)[] = [];
  const kept = keptIn(disposals);
  const paths = once(async () => (await import('../local/paths.ts')).localPaths(settings.projectRoot));
  const environmentVariables = surroundings.environment;
  const said = { environmentVariables, notify: surroundings.note };
  const catalog = once(async () => {
    const { openLocalCatalog } = await import('../local/catalog.ts');
    return openLocalCatalog({ folder: (await paths()).catalog });
  });
  const lake = once(async () => {
    const { openLocalLake } = await import('../local/lake.ts');
    return openLocalLake({ folder: (await paths()).lake });
  });
  const history = once(async () => {
    const { openLocalQueryHistory } = await import('../local/query-history.ts');
    return openLocalQueryHistory({ folder: join((await paths()).root, 'queries') });
  });
  const database = once(async () => {
    const { openLocalDatabase } = await import('../local/database.ts');
    return openLocalDatabase({ paths: await paths(), environmentVariables, notify: surroundings.note });
  });
  return {
    environment: settings.environment,
    catalog,
    ...onlyAtAws(settings.environment),
    database,
    lake,
    engine: async (choice) => {
      const { chooseLocalEngine } = await import('../local/choose-engine.ts');
      return chooseLocalEngine(choice, { paths: await paths(), database: await database(), ...said });
    },
    warehouse: once(async () => openLocalQueries({ settings, paths, catalog, history, disposals })),
    history,
    shopApi: once(async () => {
      const { openLocalShopApi } = await import('../local/shop-api.ts');
      return kept(openLocalShopApi({ database, logPath: async () => (await paths()).apiLog }));
    }),
    sessions: once(async () => {
      const { openLocalSessions } = await import('../local/sessions.ts');
      return kept(openLocalSessions({}, { database: await database() }));
    }),
    ...localOperating(settings, { paths, lake, surroundings }),
    [Symbol.asyncDispose]: () => disposeAll(disposals),
  };
}

interface LocalQueriesInput {
  readonly settings: Settings;
  readonly paths: () => Promise<LocalPaths>;
  readonly catalog: () => Promise<LocalCatalog>;
  readonly history: () => Promise<LocalQueryHistory>;
  readonly disposals: (() => Promise<void>)[];
}

/** The lake's SQL on this machine, with every query written to the history. */
async function openLocalQueries(input: LocalQueriesInput): Promise<Warehouse> {
  const { openLocalWarehouse } = await import('../local/warehouse.ts');
  const { openPreparedStatements } = await import('../local/prepared-statements.ts');
  const { recordQueries } = await import('../local/recorded-warehouse.ts');
  const { root, lake, work } = await input.paths();
  const catalog = await input.catalog();
  // The lake's database is there before its first table, as it is on AWS.
  await catalog.ensureDatabase(input.settings.lakeDatabase);
  const prepared = openPreparedStatements({ file: join(root, 'prepared-statements.json') });
  const warehouse = openLocalWarehouse({
    catalog,
    spillFolder: work,
    now: systemClock.now,
    writes: { catalog, tablesFolder: join(lake, 'tables'), prepared },
  });
  input.disposals.push(async () => warehouse[Symbol.asyncDispose]());
  return recordQueries({ warehouse, history: await input.history(), now: systemClock.now });
}

/** A file on this machine, whatever the environment. */
function journalOf({ projectRoot, environment }: Settings): Platform['journal'] {
  return once(async () => {
    const { localPaths } = await import('../local/paths.ts');
    const { openFileJournal } = await import('../local/journal.ts');
    return openFileJournal({ path: localPaths(projectRoot, environment).journal });
  });
}

/** What operating the local environment takes beside its engines. */
function localOperating(
  settings: Settings,
  deps: {
    readonly paths: () => Promise<LocalPaths>;
    readonly lake: Platform['lake'];
    readonly surroundings: Surroundings;
  },
): Pick<Platform, 'lifecycle' | 'secrets' | 'journal' | 'logs'> {
  const { paths, lake } = deps;
  const { environment: environmentVariables, note: notify } = deps.surroundings;
  return {
    lifecycle: once(async () => {
      const { openLocalLifecycle } = await import('../local/lifecycle.ts');
      const { openShopSteps } = await import('../local/shop-steps.ts');
      const shop = openShopSteps({ clock: systemClock });
      return openLocalLifecycle({ paths: await paths(), environmentVariables }, { shop });
    }),
    journal: journalOf(settings),
    logs: once(async () => {
      const { openLocalLogs } = await import('../local/logs.ts');
      return openLocalLogs({ paths: await paths() }, { lake });
    }),
    secrets: once(async () => {
      const { openLocalSecrets } = await import('../local/secrets.ts');
      const input = { paths: await paths(), environmentVariables, notify };
      return openLocalSecrets(input, { clock: systemClock });
    }),
  };
}

function openAwsPlatform(settings: Settings, surroundings: Surroundings): Platform {
  const { environment } = settings;
  const disposals: (() => Promise<void>)[] = [];
  const missing = (what: string) => async () => {
    throw notOnAws(what, environment);
  };
  const clients = once(async () => {
    const { openAwsClients } = await import('../aws/aws-clients.ts');
    const { openSignIn } = await import('../aws/sign-in.ts');
    const opened = openAwsClients(openSignIn(signInInput(settings, surroundings)));
    disposals.push(() => opened.close());
    return opened;
  });
  const names = once(async () => {
    const { platformNames } = await import('../config/platform-names.ts');
    const account = await (await clients()).signIn.account();
    return platformNames({ environment, project: settings.project, account });
  });
  const database = once(async () =>
    openAwsShopDatabase({ settings, surroundings, signIn: (await clients()).signIn, disposals }),
  );
  return {
    environment,
    lifecycle: once(async () =>
      (await import('../aws/open-deploy.ts')).openLifecycleOf(settings, { database }),
    ),
    stacks: once(async () => (await import('../aws/open-deploy.ts')).openStacksOf(settings)),
    images: once(async () => (await import('../aws/open-deploy.ts')).openImagesOf(settings, process.env)),
    database,
    lake: once(async () => {
      const { openAwsLake } = await import('../aws/lake.ts');
      return openAwsLake({ clients: await clients(), bucket: (await names()).etlBucket });
    }),
    catalog: once(async () => {
      const { openAwsCatalog } = await import('../aws/catalog.ts');
      return openAwsCatalog({ clients: await clients() });
    }),
    ...openPipeline({ clients, names }),
    secrets: missing('Rotating secrets'),
    logs: missing('Reading logs'),
    journal: journalOf(settings),
    ...openAwsQueries({ settings, surroundings, clients, disposals }),
    shopApi: once(async () => (await import('../aws/open-shop-api.ts')).openShopApiOf(settings)),
    sessions: once(async () => {
      const { openSessionsOf } = await import('../aws/open-sessions.ts');
      const { signIn } = await clients();
      return openSessionsOf(settings, { signIn, environmentVariables: surroundings.environment });
    }),
    [Symbol.asyncDispose]: () => disposeAll(disposals),
  };
}

interface AwsQueriesInput {
  readonly settings: Settings;
  readonly surroundings: Surroundings;
  readonly clients: () => Promise<AwsClients>;
  readonly disposals: (() => Promise<void>)[];
}

/** Athena, and what it remembers of the queries that ran. */
function openAwsQueries(input: AwsQueriesInput): Pick<Platform, 'warehouse' | 'history'> {
  const { settings, surroundings } = input;
  const workgroupName = async (): Promise<string> => {
    const { nameOf } = await import('../config/naming.ts');
    return nameOf({ environment: settings.environment, project: settings.project }, 'workgroup', 'workgroup');
  };
  const athena = once(async () => ({
    clients: await input.clients(),
    workgroup: surroundings.environment.DP_WORKGROUP || (await workgroupName()),
    resultLocation: surroundings.environment.DP_RESULT_LOCATION || undefined,
    now: systemClock.now,
  }));
  const parquet = once(async () => {
    const { openParquetFiles } = await import('../local/parquet-files.ts');
    const { tmpdir } = await import('node:os');
    const opened = openParquetFiles({ spillFolder: `${tmpdir()}/dp-spill-${process.pid}` });
    input.disposals.push(async () => opened[Symbol.asyncDispose]());
    return opened;
  });
  return {
    warehouse: once(async () => {
      const { openAwsWarehouse } = await import('../aws/warehouse.ts');
      return openAwsWarehouse({ ...(await athena()), parquet });
    }),
    history: once(async () => {
      const { openAwsQueryHistory } = await import('../aws/query-history.ts');
      return openAwsQueryHistory(await athena());
    }),
  };
}

interface AwsShopDatabaseInput {
  readonly settings: Settings;
  readonly surroundings: Surroundings;
  readonly signIn: SignIn;
  readonly disposals: (() => Promise<void>)[];
}

/** The shop's database behind the bastion: the tunnel's operation, and the driver and client that `local` has too. */
async function openAwsShopDatabase(input: AwsShopDatabaseInput): Promise<Database> {
  const { settings, surroundings, disposals } = input;
  const { openDatabaseOf } = await import('../aws/open-database.ts');
  const { sessionFailuresOn } = await import('../aws/database-errors.ts');
  const { openSqlSession } = await import('../local/sql-session.ts');
  const { localPaths } = await import('../local/paths.ts');
  const paths = localPaths(settings.projectRoot, settings.environment);
  const environmentVariables = surroundings.environment;
  const failures = sessionFailuresOn(settings.environment);
  const database = await openDatabaseOf(
    settings,
    { signIn: input.signIn, environmentVariables, historyPath: paths.history },
    {
      signal: surroundings.signal(),
      openTunnel: (user, signal) => openShopTunnel(input, { user, signal }),
      openSession: (access) => openSqlSession(access, failures),
      runClient: async ({ starting }, access) => {
        const { findMysqlClient } = await import('../local/mysql-binaries.ts');
        const client = await findMysqlClient({ environmentVariables, cache: paths.cache });
        if (client === undefined) return undefined;
        const { runMysqlClient } = await import('../local/mysql-client.ts');
        const logIn = await access();
        starting();
        const { history: historyPath, work: privateFolder } = paths;
        return runMysqlClient({ access: logIn, client, environmentVariables, historyPath, privateFolder });
      },
    },
  );
  return keptIn(disposals)(database);
}

/** Loopback only, with a password that only this process and what it starts know. */
async function openShopTunnel(
  { settings, surroundings, signIn }: AwsShopDatabaseInput,
  { user, signal }: { readonly user: DatabaseUser; readonly signal: AbortSignal },
): Promise<DatabaseTunnel> {
  const { openSessionsOf } = await import('../aws/open-sessions.ts');
  const { openTunnel } = await import('../operations/open-tunnel.ts');
  const { tunnelLine } = await import('./format/tunnel-line.ts');
  const tunnel = await openTunnel(
    {
      target: 'writer',
      port: 0,
      sessions: 1,
      keepAlive: false,
      raw: false,
      withPassword: true,
      reason: `dp db, as ${user}`,
    },
    {
      sessions: () =>
        openSessionsOf(settings, { signIn, user, environmentVariables: surroundings.environment }),
      now: systemClock.now,
      signal,
      notify: (news) => {
        const line = TOLD_OF_TUNNEL.has(news.event) ? tunnelLine(news) : undefined;
        if (line !== undefined) surroundings.note(line);
      },
    },
  );
  const { host, port, user: name = '', password = '' } = tunnel;
  return { host, port, user: name, password, close: () => tunnel.close('done', 0) };
}

/** A tunnel that only serves the command itself is told of when it takes time or is in trouble. */
const TOLD_OF_TUNNEL = new Set(['starting', 'connection', 'reconnecting', 'reconnected', 'degraded']);

function signInInput(settings: Settings, surroundings: Surroundings): SignInInput {
  const { environment, environmentConfig, profile, region, origins } = settings;
  return {
    environment,
    profile,
    profileOrigin: origins.find((origin) => origin.name === 'profile')?.origin,
    region,
    account: environmentConfig.kind === 'aws' ? environmentConfig.account : undefined,
    environmentVariables: surroundings.environment,
  };
}

/** Remembers to dispose of what is given, and gives it back. */
function keptIn(disposals: (() => Promise<void>)[]) {
  return <T extends AsyncDisposable>(one: T): T => {
    disposals.push(async () => one[Symbol.asyncDispose]());
    return one;
  };
}

/** What the local environment has no like of. */
function onlyAtAws(
  environment: string,
): Pick<Platform, 'jobs' | 'crawlers' | 'schedule' | 'stacks' | 'images'> {
  const missing = async (): Promise<never> => {
    throw onlyOnAws(environment);
  };
  return { jobs: missing, crawlers: missing, schedule: missing, stacks: missing, images: missing };
}

/** The job that loads days, what crawls, and when the job starts. */
function openPipeline(deps: {
  readonly clients: () => Promise<AwsClients>;
  readonly names: () => Promise<PlatformNames>;
}): Pick<Platform, 'engine' | 'jobs' | 'crawlers' | 'schedule'> {
  return {
    engine: async () => (await import('../aws/engine.ts')).openAwsEngine(),
    jobs: once(async () => {
      const { openAwsJobs } = await import('../aws/jobs.ts');
      const { job, logs } = await deps.names();
      return openAwsJobs({ clients: await deps.clients(), daily: job, logGroup: logs.job });
    }),
    crawlers: once(async () => {
      const { openAwsCrawlers } = await import('../aws/crawlers.ts');
      return openAwsCrawlers({ clients: await deps.clients() });
    }),
    schedule: once(async () => {
      const { openAwsSchedule } = await import('../aws/schedule.ts');
      const { schedule: name, scheduleGroup: group } = await deps.names();
      return openAwsSchedule({ clients: await deps.clients(), name, group });
    }),
  };
}

async function disposeAll(disposals: readonly (() => Promise<void>)[]): Promise<void> {
  for (const dispose of disposals) await dispose();
}

/** Makes a capability when it is first asked for, and gives that one ever after. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

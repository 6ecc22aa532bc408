import { join } from 'node:path';
import type { AwsClients } from '../aws/aws-clients.ts';
import type { SignInInput } from '../aws/sign-in.ts';
import type { PlatformNames } from '../config/platform-names.ts';
import type { Settings } from '../config/settings.ts';
import type { LocalCatalog } from '../local/catalog.ts';
import type { LocalPaths } from '../local/paths.ts';
import type { LocalQueryHistory } from '../local/query-history.ts';
import type { Platform } from '../platform/platform.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { systemClock } from '../std/clock.ts';
import { notOnAws, onlyOnAws } from './errors.ts';

export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  /** Says one line of progress to the operator. */
  readonly note: (text: string) => void;
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
    lifecycle: once(async () => {
      const { openLocalLifecycle } = await import('../local/lifecycle.ts');
      const { openShopSteps } = await import('../local/shop-steps.ts');
      const shop = openShopSteps({ clock: systemClock });
      return openLocalLifecycle({ paths: await paths(), environmentVariables }, { shop });
    }),
    database,
    lake: once(async () => {
      const { openLocalLake } = await import('../local/lake.ts');
      return openLocalLake({ folder: (await paths()).lake });
    }),
    engine: async (choice) => {
      const { chooseLocalEngine } = await import('../local/choose-engine.ts');
      return chooseLocalEngine(choice, { paths: await paths(), database: await database(), ...said });
    },
    warehouse: once(async () => openLocalQueries({ paths, catalog, history, disposals })),
    history,
    shopApi: once(async () => {
      const { openLocalShopApi } = await import('../local/shop-api.ts');
      return kept(openLocalShopApi({ database }));
    }),
    sessions: once(async () => {
      const { openLocalSessions } = await import('../local/sessions.ts');
      return kept(openLocalSessions({}, { database: await database() }));
    }),
    ...localOperating(paths, surroundings),
    journal: journalOf(settings),
    [Symbol.asyncDispose]: async () => {
      for (const dispose of disposals) await dispose();
    },
  };
}

interface LocalQueriesInput {
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
  paths: () => Promise<LocalPaths>,
  { environment: environmentVariables, note: notify }: Surroundings,
): Pick<Platform, 'secrets'> {
  return {
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
  const workgroupName = async (): Promise<string> => {
    const { nameOf } = await import('../config/naming.ts');
    return nameOf({ environment, project: settings.project }, 'workgroup', 'workgroup');
  };
  const athena = once(async () => ({
    clients: await clients(),
    workgroup: surroundings.environment.DP_WORKGROUP || (await workgroupName()),
    resultLocation: surroundings.environment.DP_RESULT_LOCATION || undefined,
    now: systemClock.now,
  }));
  const parquet = once(async () => {
    const { openParquetFiles } = await import('../local/parquet-files.ts');
    const { tmpdir } = await import('node:os');
    const opened = openParquetFiles({ spillFolder: `${tmpdir()}/dp-spill-${process.pid}` });
    disposals.push(async () => opened[Symbol.asyncDispose]());
    return opened;
  });
  return {
    environment,
    lifecycle: once(async () => (await import('../aws/open-deploy.ts')).openLifecycleOf(settings)),
    stacks: once(async () => (await import('../aws/open-deploy.ts')).openStacksOf(settings)),
    images: once(async () => (await import('../aws/open-deploy.ts')).openImagesOf(settings, process.env)),
    database: missing('The database'),
    lake: once(async () => {
      const { openAwsLake } = await import('../aws/lake.ts');
      return openAwsLake({ clients: await clients(), bucket: (await names()).etlBucket });
    }),
    ...openPipeline({ clients, names }),
    secrets: missing('Rotating secrets'),
    journal: journalOf(settings),
    warehouse: once(async () => {
      const { openAwsWarehouse } = await import('../aws/warehouse.ts');
      return openAwsWarehouse({ ...(await athena()), parquet });
    }),
    history: once(async () => {
      const { openAwsQueryHistory } = await import('../aws/query-history.ts');
      return openAwsQueryHistory(await athena());
    }),
    shopApi: once(async () => (await import('../aws/open-shop-api.ts')).openShopApiOf(settings)),
    sessions: once(async () => {
      const { openSessionsOf } = await import('../aws/open-sessions.ts');
      const { signIn } = await clients();
      return openSessionsOf(settings, { signIn, environmentVariables: surroundings.environment });
    }),
    [Symbol.asyncDispose]: async () => {
      for (const dispose of disposals) await dispose();
    },
  };
}

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

/** The catalog, the job that loads days into it, what crawls, and when the job starts. */
function openPipeline(deps: {
  readonly clients: () => Promise<AwsClients>;
  readonly names: () => Promise<PlatformNames>;
}): Pick<Platform, 'catalog' | 'engine' | 'jobs' | 'crawlers' | 'schedule'> {
  return {
    catalog: once(async () => {
      const { openAwsCatalog } = await import('../aws/catalog.ts');
      return openAwsCatalog({ clients: await deps.clients() });
    }),
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

/** Makes a capability when it is first asked for, and gives that one ever after. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

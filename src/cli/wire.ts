import { join } from 'node:path';
import type { SignInInput } from '../aws/sign-in.ts';
import type { Settings } from '../config/settings.ts';
import type { LocalPaths } from '../local/paths.ts';
import type { Platform } from '../platform/platform.ts';
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
  const paths = once(async () => (await import('../local/paths.ts')).localPaths(settings.projectRoot));
  const environmentVariables = surroundings.environment;
  const onlyThere = async (): Promise<never> => {
    throw onlyOnAws(settings.environment);
  };
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
    stacks: onlyThere,
    images: onlyThere,
    database,
    lake,
    engine: async (choice) => {
      const { lake, work, cache } = await paths();
      const input = { database: await database(), lakeFolder: lake, spillFolder: work };
      if (choice?.name !== 'spark') return (await import('../local/engine.ts')).openLocalEngine(input);
      const { openSpark } = await import('../local/open-spark.ts');
      return openSpark({ ...input, cache, environmentVariables, choice }, { notify: surroundings.note });
    },
    warehouse: once(async () => {
      const { openLocalWarehouse } = await import('../local/warehouse.ts');
      const warehouse = openLocalWarehouse({
        catalog: await catalog(),
        spillFolder: (await paths()).work,
        now: systemClock.now,
      });
      disposals.push(async () => warehouse[Symbol.asyncDispose]());
      const { recordQueries } = await import('../local/recorded-warehouse.ts');
      return recordQueries({ warehouse, history: await history(), now: systemClock.now });
    }),
    history,
    shopApi: once(async () => {
      const { openLocalShopApi } = await import('../local/shop-api.ts');
      const api = openLocalShopApi({ database, logPath: async () => (await paths()).apiLog });
      disposals.push(async () => api[Symbol.asyncDispose]());
      return api;
    }),
    sessions: once(async () => {
      const { openLocalSessions } = await import('../local/sessions.ts');
      const sessions = openLocalSessions({}, { database: await database() });
      disposals.push(async () => sessions[Symbol.asyncDispose]());
      return sessions;
    }),
    ...localOperating(settings, { paths, lake, surroundings }),
    [Symbol.asyncDispose]: async () => {
      for (const dispose of disposals) await dispose();
    },
  };
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
  const athena = once(async () => ({
    clients: await clients(),
    workgroup: surroundings.environment.DP_WORKGROUP || (await names()).workgroup,
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
    catalog: once(async () => {
      const { openAwsCatalog } = await import('../aws/catalog.ts');
      return openAwsCatalog({ clients: await clients() });
    }),
    engine: missing('The daily load'),
    secrets: missing('Rotating secrets'),
    logs: missing('Reading logs'),
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
    sessions: once(async () =>
      (await import('../aws/open-sessions.ts')).openSessionsOf(settings, process.env),
    ),
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

/** Makes a capability when it is first asked for, and gives that one ever after. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

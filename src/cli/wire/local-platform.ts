import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { LocalCatalog } from '../../local/catalog.ts';
import type { LocalPaths } from '../../local/paths.ts';
import type { LocalQueryHistory } from '../../local/query-history.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Warehouse } from '../../platform/warehouse.ts';
import { systemClock } from '../../std/clock.ts';
import { once } from '../../std/once.ts';
import { onlyOnAws } from '../errors.ts';
import { disposeAll, keptIn } from './disposals.ts';
import { journalOf } from './journal.ts';
import { openLocalPipeline } from './local-pipeline.ts';
import type { Surroundings } from './surroundings.ts';

export function openLocalPlatform(settings: Settings, surroundings: Surroundings): Platform {
  const disposals: (() => Promise<void>)[] = [];
  const kept = keptIn(disposals);
  const paths = once(async () => (await import('../../local/paths.ts')).localPaths(settings.projectRoot));
  const environmentVariables = surroundings.environment;
  const said = { environmentVariables, notify: surroundings.note };
  const catalog = once(async () => {
    const { openLocalCatalog } = await import('../../local/catalog.ts');
    return openLocalCatalog({ folder: (await paths()).catalog });
  });
  const lake = once(async () => {
    const { openLocalLake } = await import('../../local/lake.ts');
    return openLocalLake({ folder: (await paths()).lake });
  });
  const history = once(async () => {
    const { openLocalQueryHistory } = await import('../../local/query-history.ts');
    return openLocalQueryHistory({ folder: join((await paths()).root, 'queries') });
  });
  const database = once(async () => {
    const { openLocalDatabase } = await import('../../local/database.ts');
    return openLocalDatabase({ paths: await paths(), environmentVariables, notify: surroundings.note });
  });
  const pipeline = openLocalPipeline({ settings, surroundings, paths, database, lake, catalog });
  return {
    environment: settings.environment,
    hops: async () => [],
    catalog,
    ...onlyAtAws(settings.environment),
    database,
    lake,
    engine: async (choice) => {
      const { chooseLocalEngine } = await import('../../local/choose-engine.ts');
      return chooseLocalEngine(choice, { paths: await paths(), database: await database(), ...said });
    },
    warehouse: once(async () => openLocalQueries({ settings, paths, catalog, history, disposals })),
    history,
    shopApi: once(async () => {
      const { openLocalShopApi } = await import('../../local/shop-api.ts');
      const { findShopProcess } = await import('../../local/shop-process.ts');
      const logPath = async () => (await paths()).apiLog;
      const served = async () => findShopProcess(await paths());
      return kept(openLocalShopApi({ database, logPath, served }));
    }),
    sessions: once(async () => {
      const { openLocalSessions } = await import('../../local/sessions.ts');
      return kept(openLocalSessions({}, { database: await database() }));
    }),
    ...pipeline,
    ...localOperating(settings, { paths, lake, surroundings, crawlers: pipeline.crawlers }),
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
  const { openLocalWarehouse } = await import('../../local/warehouse.ts');
  const { openPreparedStatements } = await import('../../local/prepared-statements.ts');
  const { recordQueries } = await import('../../local/recorded-warehouse.ts');
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

/** What operating the local environment takes beside its engines. */
function localOperating(
  settings: Settings,
  deps: {
    readonly paths: () => Promise<LocalPaths>;
    readonly lake: Platform['lake'];
    readonly crawlers: Platform['crawlers'];
    readonly surroundings: Surroundings;
  },
): Pick<Platform, 'lifecycle' | 'secrets' | 'journal' | 'logs' | 'costs'> {
  const { paths, lake } = deps;
  const { environment: environmentVariables, note: notify } = deps.surroundings;
  const journal = journalOf(settings);
  return {
    lifecycle: once(async () => {
      const { openLocalLifecycle } = await import('../../local/lifecycle.ts');
      const { openShopSteps } = await import('../../local/shop-steps.ts');
      const { openShopProcess } = await import('../../local/shop-process.ts');
      const input = { paths: await paths(), environmentVariables };
      const shop = openShopSteps({ clock: systemClock });
      return openLocalLifecycle(input, { shop, shopProcess: openShopProcess(input) });
    }),
    journal,
    // Nothing is charged here.
    costs: async () => ({ month: async () => undefined }),
    logs: once(async () => {
      const { openLocalLogs } = await import('../../local/logs.ts');
      return openLocalLogs({ paths: await paths() }, { lake, journal, crawlers: deps.crawlers });
    }),
    secrets: once(async () => {
      const { openLocalSecrets } = await import('../../local/secrets.ts');
      const { rotationStrategy: strategy } = settings;
      const input = { paths: await paths(), environmentVariables, strategy, notify };
      return openLocalSecrets(input, { clock: systemClock });
    }),
  };
}

/** What the local environment has no like of. */
function onlyAtAws(environment: string): Pick<Platform, 'stacks' | 'images'> {
  const missing = async (): Promise<never> => {
    throw onlyOnAws(environment);
  };
  return { stacks: missing, images: missing };
}

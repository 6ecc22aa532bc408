import type { Settings } from '../config/settings.ts';
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
    : openAwsPlatform(settings);
}

function openLocalPlatform(settings: Settings, surroundings: Surroundings): Platform {
  const disposals: (() => Promise<void>)[] = [];
  const paths = once(async () => (await import('../local/paths.ts')).localPaths(settings.projectRoot));
  const environmentVariables = surroundings.environment;
  const catalog = once(async () => {
    const { openLocalCatalog } = await import('../local/catalog.ts');
    return openLocalCatalog({ folder: (await paths()).catalog });
  });
  const database = once(async () => {
    const { openLocalDatabase } = await import('../local/database.ts');
    return openLocalDatabase({ paths: await paths(), environmentVariables, notify: surroundings.note });
  });
  return {
    environment: settings.environment,
    catalog,
    stacks: async () => {
      throw onlyOnAws(settings.environment);
    },
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
    engine: once(async () => {
      const { openLocalEngine } = await import('../local/engine.ts');
      const { lake, work } = await paths();
      return openLocalEngine({ database: await database(), lakeFolder: lake, spillFolder: work });
    }),
    warehouse: once(async () => {
      const { openLocalWarehouse } = await import('../local/warehouse.ts');
      const warehouse = openLocalWarehouse({
        catalog: await catalog(),
        spillFolder: (await paths()).work,
        now: systemClock.now,
      });
      disposals.push(async () => warehouse[Symbol.asyncDispose]());
      return warehouse;
    }),
    shopApi: once(async () => {
      const { openLocalShopApi } = await import('../local/shop-api.ts');
      const api = openLocalShopApi({ database });
      disposals.push(async () => api[Symbol.asyncDispose]());
      return api;
    }),
    secrets: once(async () => {
      const { openLocalSecrets } = await import('../local/secrets.ts');
      const input = { paths: await paths(), environmentVariables, notify: surroundings.note };
      return openLocalSecrets(input, { clock: systemClock });
    }),
    [Symbol.asyncDispose]: async () => {
      for (const dispose of disposals) await dispose();
    },
  };
}

function openAwsPlatform(settings: Settings): Platform {
  const { environment } = settings;
  const missing = (what: string) => async () => {
    throw notOnAws(what, environment);
  };
  return {
    environment,
    lifecycle: once(async () => (await import('../aws/open-deploy.ts')).openLifecycleOf(settings)),
    stacks: once(async () => (await import('../aws/open-deploy.ts')).openStacksOf(settings)),
    database: missing('The database'),
    lake: missing('The lake'),
    catalog: missing('The catalog'),
    engine: missing('The daily load'),
    warehouse: missing('Querying'),
    shopApi: missing('The Shop API'),
    secrets: missing('Rotating secrets'),
    [Symbol.asyncDispose]: async () => {},
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

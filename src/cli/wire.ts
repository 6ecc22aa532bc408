import type { Settings } from '../config/settings.ts';
import type { Platform } from '../platform/platform.ts';
import { notOnAws } from './errors.ts';

export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  /** Says one line of progress to the operator. */
  readonly note: (text: string) => void;
}

/** Makes the platform of the chosen environment. The one place that knows both adapters; loads neither before it is asked. */
export function openPlatform(settings: Settings, surroundings: Surroundings): Platform {
  return settings.environmentConfig.kind === 'local'
    ? openLocalPlatform(settings, surroundings)
    : openAwsPlatform(settings);
}

function openLocalPlatform(settings: Settings, _surroundings: Surroundings): Platform {
  throw notOnAws('x', settings.environment);
}

function openAwsPlatform(settings: Settings): Platform {
  const { environment } = settings;
  const missing = (what: string) => async () => {
    throw notOnAws(what, environment);
  };
  return {
    environment,
    lifecycle: missing('Deploying'),
    database: missing('The database'),
    lake: missing('The lake'),
    catalog: missing('The catalog'),
    engine: missing('The daily load'),
    warehouse: missing('Querying'),
    [Symbol.asyncDispose]: async () => {},
  };
}

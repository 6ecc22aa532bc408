import { readImageDigest } from '../config/image-digests.ts';
import { packageRoot } from '../config/package-root.ts';
import { type PlatformSettings, platformSettingsOf } from '../config/platform-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { Database } from '../platform/database.ts';
import type { Images } from '../platform/images.ts';
import type { Lifecycle } from '../platform/lifecycle.ts';
import type { Stacks } from '../platform/stacks.ts';
import { ensureDatabaseUsers } from './database-users.ts';
import { openDeployChecks } from './deploy-checks.ts';
import { emptyBucket } from './empty-bucket.ts';
import { openAwsImages } from './images.ts';
import { buildApp, openAwsLifecycle } from './lifecycle.ts';
import { migrateShop } from './migrate-shop.ts';
import { openAwsStacks } from './stacks.ts';
import { uploadDriver } from './upload-driver.ts';

/** The stacks of the chosen environment. */
export function openStacksOf(settings: Settings): Stacks {
  const platform = settingsOnAws(settings);
  return openAwsStacks({
    settings: platform,
    profile: settings.profile,
    buildApp: (input) => buildApp({ ...input, settings: platform, packageRoot: packageRoot() }),
  });
}

/** Images of the chosen environment. */
export function openImagesOf(settings: Settings, environment: NodeJS.ProcessEnv): Images {
  return openAwsImages({ settings: settingsOnAws(settings), profile: settings.profile, environment });
}

export function openLifecycleOf(
  settings: Settings,
  deps: { readonly database: () => Promise<Pick<Database, 'connect'>> },
): Lifecycle {
  const platform = settingsOnAws(settings);
  const signIn = { region: platform.region, profile: settings.profile };
  return openAwsLifecycle(platform, {
    stacks: openStacksOf(settings),
    checks: openDeployChecks({ profile: settings.profile }),
    uploadDriver: () =>
      uploadDriver(
        { settings: platform, projectRoot: settings.projectRoot, environmentVariables: process.env },
        signIn,
      ),
    initializeUsers: () => ensureDatabaseUsers(platform, signIn),
    migrate: async () => migrateShop({ database: await deps.database() }),
    emptyBucket: (name) => emptyBucket(name, signIn),
  });
}

/** The environment's settings, complete; its image is the one that `dp image push` wrote down last. */
export function settingsOnAws(settings: Settings): PlatformSettings {
  const { environment, project, environmentConfig, projectRoot } = settings;
  const platform = platformSettingsOf({ environment, project, settings: environmentConfig });
  const digest = platform.api.imageDigest ?? readImageDigest(projectRoot, environment);
  return digest === undefined ? platform : { ...platform, api: { ...platform.api, imageDigest: digest } };
}

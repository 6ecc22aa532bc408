import { readImageDigest } from '../config/image-digests.ts';
import { packageRoot } from '../config/package-root.ts';
import { type PlatformSettings, platformSettingsOf } from '../config/platform-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { Database } from '../platform/database.ts';
import type { Images } from '../platform/images.ts';
import type { Lifecycle } from '../platform/lifecycle.ts';
import type { Stacks } from '../platform/stacks.ts';
import type { AwsClients } from './aws-clients.ts';
import { ensureDatabaseUsers } from './database-users.ts';
import { openDeployChecks } from './deploy-checks.ts';
import { emptyBucket } from './empty-bucket.ts';
import { openAwsImages } from './images.ts';
import { buildApp, openAwsLifecycle } from './lifecycle.ts';
import { migrateShop } from './migrate-shop.ts';
import { openAwsStacks } from './stacks.ts';
import { uploadDriver } from './upload-driver.ts';

/** The stacks of the chosen environment. */
export function openStacksOf(settings: Settings, clients: AwsClients): Stacks {
  const platform = settingsOnAws(settings);
  return openAwsStacks({
    settings: platform,
    clients,
    profile: settings.profile,
    buildApp: (input) => buildApp({ ...input, settings: platform, packageRoot: packageRoot() }),
  });
}

/** Images of the chosen environment. */
export function openImagesOf(
  settings: Settings,
  deps: { readonly clients: AwsClients; readonly environmentVariables: NodeJS.ProcessEnv },
): Images {
  return openAwsImages({ settings: settingsOnAws(settings), ...deps });
}

export function openLifecycleOf(
  settings: Settings,
  deps: {
    readonly clients: AwsClients;
    readonly environmentVariables: NodeJS.ProcessEnv;
    readonly database: () => Promise<Pick<Database, 'connect'>>;
  },
): Lifecycle {
  const { clients, environmentVariables } = deps;
  const { projectRoot } = settings;
  const platform = settingsOnAws(settings);
  return openAwsLifecycle(platform, {
    stacks: openStacksOf(settings, clients),
    checks: openDeployChecks({ clients }),
    uploadDriver: () => uploadDriver({ settings: platform, projectRoot, environmentVariables }, clients),
    initializeUsers: () => ensureDatabaseUsers(platform, clients),
    migrate: async () => migrateShop({ database: await deps.database() }),
    emptyBucket: (name) => emptyBucket(name, clients),
  });
}

/** The environment's settings, complete, in the region that all of dp uses; its image is the one that `dp image push` wrote down last. */
export function settingsOnAws(settings: Settings): PlatformSettings {
  const { environment, project, environmentConfig, projectRoot, region } = settings;
  const given = region === undefined ? environmentConfig : { ...environmentConfig, region };
  const platform = platformSettingsOf({ environment, project, settings: given });
  const digest = platform.api.imageDigest ?? readImageDigest(projectRoot, environment);
  return digest === undefined ? platform : { ...platform, api: { ...platform.api, imageDigest: digest } };
}

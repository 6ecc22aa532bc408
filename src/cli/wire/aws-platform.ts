import type { AwsClients } from '../../aws/aws-clients.ts';
import type { SignInInput } from '../../aws/sign-in.ts';
import type { PlatformNames } from '../../config/platform-names.ts';
import type { Settings } from '../../config/settings.ts';
import type { Platform } from '../../platform/platform.ts';
import { assert } from '../../std/assert.ts';
import { once } from '../../std/once.ts';
import { openAwsQueries } from './aws-queries.ts';
import { openAwsShopDatabase } from './aws-shop-database.ts';
import { openWatching } from './aws-watching.ts';
import { disposeAll } from './disposals.ts';
import type { Surroundings } from './surroundings.ts';

export function openAwsPlatform(settings: Settings, surroundings: Surroundings): Platform {
  const { environment } = settings;
  const environmentVariables = surroundings.environment;
  const disposals: (() => Promise<void>)[] = [];
  const clients = once(async () => {
    const { openAwsClients } = await import('../../aws/aws-clients.ts');
    const { openSignIn } = await import('../../aws/sign-in.ts');
    const signIn = openSignIn(signInInput(settings, surroundings));
    const opened = openAwsClients({ signIn, environmentVariables });
    disposals.push(() => opened.close());
    return opened;
  });
  const names = once(async () => {
    const { platformNames } = await import('../../config/platform-names.ts');
    const account = await (await clients()).signIn.account();
    return platformNames({ environment, project: settings.project, account });
  });
  const database = once(async () =>
    openAwsShopDatabase({ settings, surroundings, clients: await clients(), disposals }),
  );
  const sessions = once(async () => {
    const { openSessionsOf } = await import('../../aws/open-sessions.ts');
    return openSessionsOf(settings, { clients: await clients(), environmentVariables });
  });
  const lake = once(async () => {
    const { openAwsLake } = await import('../../aws/lake.ts');
    return openAwsLake({ clients: await clients(), bucket: (await names()).etlBucket });
  });
  return {
    environment,
    lifecycle: once(async () => {
      const { openLifecycleOf } = await import('../../aws/open-deploy.ts');
      return openLifecycleOf(settings, { clients: await clients(), environmentVariables, database });
    }),
    hops: once(async () => {
      const { openAwsHops } = await import('../../aws/hops.ts');
      const { settingsOnAws } = await import('../../aws/open-deploy.ts');
      return openAwsHops({ settings: settingsOnAws(settings), clients, names });
    }),
    stacks: once(async () => {
      const { openStacksOf } = await import('../../aws/open-deploy.ts');
      return openStacksOf(settings, await clients());
    }),
    images: once(async () => {
      const { openImagesOf } = await import('../../aws/open-deploy.ts');
      return openImagesOf(settings, { clients: await clients(), environmentVariables });
    }),
    database,
    lake,
    ...openPipeline({ clients, names }),
    secrets: once(async () => {
      const { openAwsSecretsOf } = await import('./aws-secrets.ts');
      return openAwsSecretsOf({ settings, surroundings, clients: await clients() }, { sessions });
    }),
    ...openWatching({ settings, clients, names, sessions, lake, note: surroundings.note }),
    ...openAwsQueries({ settings, surroundings, clients, disposals }),
    shopApi: once(async () => {
      const { openShopApiOf } = await import('../../aws/open-shop-api.ts');
      return openShopApiOf(settings, await clients());
    }),
    sessions,
    [Symbol.asyncDispose]: () => disposeAll(disposals),
  };
}

/** The catalog, the job that loads days into it, what crawls, and when the job starts. */
function openPipeline(deps: {
  readonly clients: () => Promise<AwsClients>;
  readonly names: () => Promise<PlatformNames>;
}): Pick<Platform, 'catalog' | 'engine' | 'jobs' | 'crawlers' | 'schedule'> {
  return {
    catalog: once(async () => {
      const { openAwsCatalog } = await import('../../aws/catalog.ts');
      return openAwsCatalog({ clients: await deps.clients() });
    }),
    engine: async () => (await import('../../aws/engine.ts')).openAwsEngine(),
    jobs: once(async () => {
      const { openAwsJobs } = await import('../../aws/jobs.ts');
      const { job, logs } = await deps.names();
      return openAwsJobs({ clients: await deps.clients(), daily: job, logGroup: logs.job });
    }),
    crawlers: once(async () => {
      const { openAwsCrawlers } = await import('../../aws/crawlers.ts');
      return openAwsCrawlers({ clients: await deps.clients() });
    }),
    schedule: once(async () => {
      const { openAwsSchedule } = await import('../../aws/schedule.ts');
      const { schedule: name, scheduleGroup: group } = await deps.names();
      return openAwsSchedule({ clients: await deps.clients(), name, group });
    }),
  };
}

function signInInput(settings: Settings, surroundings: Surroundings): SignInInput {
  const { environment, environmentConfig, profile, region, origins } = settings;
  assert(region !== undefined, 'settings of an AWS environment have a region');
  return {
    environment,
    profile,
    profileOrigin: origins.find((origin) => origin.name === 'profile')?.origin,
    region,
    account: environmentConfig.kind === 'aws' ? environmentConfig.account : undefined,
    environmentVariables: surroundings.environment,
    prompts: surroundings.signInPrompts,
  };
}

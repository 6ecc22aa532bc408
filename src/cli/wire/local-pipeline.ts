import { randomBytes } from 'node:crypto';
import type { Settings } from '../../config/settings.ts';
import type { LocalPaths } from '../../local/paths.ts';
import type { Platform } from '../../platform/platform.ts';
import { systemClock } from '../../std/clock.ts';
import { once } from '../../std/once.ts';
import type { Surroundings } from './surroundings.ts';

export interface LocalPipelineDeps extends Pick<Platform, 'database' | 'lake' | 'catalog'> {
  readonly settings: Settings;
  readonly surroundings: Surroundings;
  readonly paths: () => Promise<LocalPaths>;
}

/** What loads days apart from this process, what crawls, and when the job is to start: under the names it has on AWS. */
export function openLocalPipeline(deps: LocalPipelineDeps): Pick<Platform, 'jobs' | 'crawlers' | 'schedule'> {
  const { settings, surroundings, paths } = deps;
  const naming = once(async () => {
    const { catalogDatabaseOf, nameOf } = await import('../../config/naming.ts');
    return {
      job: nameOf(settings, 'job', 'daily'),
      schedule: nameOf(settings, 'schedule', 'daily'),
      shop: { name: nameOf(settings, 'crawler', 'aurora'), database: catalogDatabaseOf(settings, 'source') },
      landing: { name: nameOf(settings, 'crawler', 'landing'), database: catalogDatabaseOf(settings, 'raw') },
    };
  });
  return {
    jobs: once(async () => {
      const { openLocalJobs } = await import('../../local/jobs.ts');
      const { projectRoot } = settings;
      const [folder, { job: daily }] = [(await paths()).jobs, await naming()];
      const command = [process.execPath, process.argv[1] ?? ''] as const;
      const typed = ['dp', ...process.argv.slice(2)].join(' ');
      const environmentVariables = surroundings.environment;
      return openLocalJobs(
        { folder, daily, command: [...command], typed, projectRoot, environmentVariables },
        { clock: systemClock, random: () => randomBytes(3).toString('hex') },
      );
    }),
    crawlers: once(async () => {
      const { openLocalCrawlers } = await import('../../local/crawlers.ts');
      const { crawlers: folder, lake: lakeFolder } = await paths();
      const { shop, landing } = await naming();
      return openLocalCrawlers({ folder, lakeFolder, shop, landing }, { ...deps, clock: systemClock });
    }),
    schedule: once(async () => {
      const { openLocalSchedule } = await import('../../local/schedule.ts');
      return openLocalSchedule({ file: (await paths()).schedule, name: (await naming()).schedule });
    }),
  };
}

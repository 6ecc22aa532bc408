import { randomBytes } from 'node:crypto';
import type { Platform } from '../platform/platform.ts';
import { systemClock } from '../std/clock.ts';
import { pause } from '../std/deadline.ts';
import type { RunJobDaysDeps } from './run-job-days.ts';

/** What loading days by the job needs. */
export async function openJobDays(
  platform: Pick<Platform, 'jobs' | 'lake' | 'engine'>,
): Promise<Omit<RunJobDaysDeps, 'notify' | 'stopOrLeave' | 'signal'>> {
  return {
    jobs: await platform.jobs(),
    lake: await platform.lake(),
    engine: await platform.engine(),
    clock: systemClock,
    random: () => randomBytes(3).toString('hex'),
    pause,
  };
}

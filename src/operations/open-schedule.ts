import { randomBytes } from 'node:crypto';
import type { Platform } from '../platform/platform.ts';
import { systemClock } from '../std/clock.ts';
import { pause } from '../std/deadline.ts';
import type { KeepScheduleDeps } from './keep-schedule.ts';

/** What keeping the schedule needs, from a platform. */
export async function openSchedule(
  platform: Pick<Platform, 'schedule' | 'jobs'>,
): Promise<Omit<KeepScheduleDeps, 'notify' | 'signal'>> {
  return {
    schedule: await platform.schedule(),
    jobs: await platform.jobs(),
    clock: systemClock,
    random: () => randomBytes(3).toString('hex'),
    pause,
  };
}

import { randomBytes } from 'node:crypto';
import { AWS_PRICES } from '../config/aws-prices.ts';
import type { Settings } from '../config/settings.ts';
import type { Platform } from '../platform/platform.ts';
import { systemClock } from '../std/clock.ts';
import { pause } from '../std/deadline.ts';
import type { RunJobDaysDeps } from './run-job-days.ts';

/** What loading days by the job needs. Runs on this machine cost nothing. */
export async function openJobDays(
  platform: Platform,
  { environmentConfig }: Pick<Settings, 'environmentConfig'>,
): Promise<Omit<RunJobDaysDeps, 'notify' | 'stopOrLeave' | 'signal'>> {
  return {
    jobs: await platform.jobs(),
    lake: await platform.lake(),
    engine: await platform.engine(),
    clock: systemClock,
    random: () => randomBytes(3).toString('hex'),
    pause,
    usdPerDpuHour: environmentConfig.kind === 'aws' ? AWS_PRICES.glueUnit.usd : null,
  };
}

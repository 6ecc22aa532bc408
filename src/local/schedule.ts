import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DailySchedule, Schedule } from '../platform/schedule.ts';
import { replaceFile } from './atomic-file.ts';
import { isLockHeld, withFileLock } from './file-lock.ts';
import { scheduleKeptAlready, scheduleUnreadable } from './jobs-errors.ts';

export interface LocalScheduleInput {
  /** `.dp/local/schedule.json`: what was changed; it is not there before. */
  readonly file: string;
  readonly name: string;
}

/** As on AWS: at two in the morning, when the day in Japan is over. */
const DEFAULTS = { expression: 'cron(0 2 * * ? *)', timeZone: 'Asia/Tokyo', enabled: true } as const;

type Settings = Pick<DailySchedule, 'expression' | 'enabled'>;

/** The daily schedule of this machine, where nothing starts by itself unless a process keeps the schedule. */
export function openLocalSchedule({ file, name }: LocalScheduleInput): Schedule {
  const lock = `${file}.keeper`;
  const show = async (): Promise<DailySchedule> => ({
    name,
    ...DEFAULTS,
    ...(await readSettings(file)),
    kept: await isLockHeld(lock),
  });
  return {
    show,
    async change({ enabled, expression }) {
      const { enabled: was, expression: before } = await show();
      const changed: Settings = { enabled: enabled ?? was, expression: expression ?? before };
      const text = `${JSON.stringify(changed, undefined, 2)}\n`;
      await replaceFile(file, new TextEncoder().encode(text), { workFolder: join(dirname(file), 'work') });
      return show();
    },
    async keep(work) {
      if (await isLockHeld(lock)) throw scheduleKeptAlready(name);
      return withFileLock({ path: lock, purpose: `keep the schedule ${name}`, timeoutMs: 0 }, work);
    },
  };
}

async function readSettings(file: string): Promise<Partial<Settings>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Settings;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    if (error instanceof SyntaxError) throw scheduleUnreadable(file, error);
    throw error;
  }
}

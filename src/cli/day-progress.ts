import type { JobEvent } from '../operations/load-day-by-job.ts';

export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** Counts the days of a run from its events; undefined while there are not several to count. */
export function countDays(): (event: JobEvent) => Progress | undefined {
  let total = 0;
  let done = 0;
  return (event) => {
    if (event.event === 'plan') total = event.days.filter((day) => day.action === 'run').length;
    if (event.event === 'day-finished') done += 1;
    return total > 1 ? { done, total } : undefined;
  };
}

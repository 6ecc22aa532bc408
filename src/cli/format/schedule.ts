import type { ShownSchedule } from '../../operations/show-schedule.ts';

/** A schedule in two lines. */
export function formatSchedule({ name, enabled, expression, timeZone, next }: ShownSchedule): string {
  const first = next?.[0];
  const upcoming = !enabled
    ? 'paused: nothing starts by itself'
    : first === undefined
      ? 'next start not reckoned'
      : `next at ${first.at}, loads ${first.day}`;
  return `${name}  ${expression} ${timeZone}\n${upcoming}`;
}

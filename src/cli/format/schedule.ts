import type { KeepScheduleEvent } from '../../operations/keep-schedule.ts';
import type { ShownSchedule } from '../../operations/show-schedule.ts';
import { formatMoment } from './moment.ts';

/** A schedule in two lines, and a third when nothing is there that would start the job. */
export function formatSchedule(shown: ShownSchedule): string {
  const { name, enabled, kept, expression, timeZone, next } = shown;
  const first = next?.[0];
  const upcoming = !enabled
    ? 'paused: nothing starts by itself'
    : first === undefined
      ? 'next start not reckoned'
      : `next at ${formatMoment(first.at)}, loads ${first.day}`;
  const alone =
    enabled && !kept ? '\nbut nothing starts by itself here unless `dp etl schedule run` goes on' : '';
  return `${name}  ${expression} ${timeZone}\n${upcoming}${alone}`;
}

/** What keeping a schedule has come to, in one line. */
export function scheduleLine(event: KeepScheduleEvent): string {
  switch (event.event) {
    case 'waiting':
      return `Waiting until ${formatMoment(event.at)} to load ${event.day}. Ctrl-C ends it.`;
    case 'paused':
      return 'Paused: waiting for dp etl schedule resume.';
    case 'slept-through':
      return `Slept through the loads of ${event.days.join(', ')}: dp etl run --only missing loads them.`;
    case 'job-full':
      return `${event.day}  waiting: as many runs as the job allows are running`;
    case 'run-started':
      return `${event.day}  started as ${event.jobRun}. Follow with dp etl attach --date ${event.day}.`;
    case 'not-started':
      return `${event.day}  not started: ${event.why}`;
  }
}

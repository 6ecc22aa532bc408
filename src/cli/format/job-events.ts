import { eventOfLine, type JobEvent } from '../../operations/load-day-by-job.ts';
import type { Paint } from '../terminal.ts';
import { etlEventLine } from './etl-run.ts';

const CENTS = 2;

/** One line of progress for an event of a run of the job, or undefined for those that say nothing new to a person. */
export function jobEventLine(event: JobEvent, paint: Paint): string | undefined {
  switch (event.event) {
    case 'price':
      return priceLine(event);
    case 'waiting':
      return `${event.date}  ${paint('dim', `waiting: ${event.why}`)}`;
    case 'run-started':
      return `${event.date}  ${paint('dim', `run ${event.jobRun}`)}`;
    case 'run-state':
      return `${event.date}  ${paint('dim', event.state)}`;
    case 'log':
      return paint('dim', `${event.date}  | ${event.text}`);
    case 'left-running':
      return `Left running: ${event.runs.join(', ')}. Follow with dp etl attach --date DAY.`;
    case 'stopped':
      return `Stopping: ${event.runs.join(', ')}.${event.notStopped.length > 0 ? ` Not stopped: ${event.notStopped.join(', ')}.` : ''}`;
    default:
      return etlEventLine(event, paint);
  }
}

/** A line of a run's log for people; undefined for events that say nothing new to them. */
export function logLine(
  { text, day }: { readonly text: string; readonly day: string },
  paint: Paint,
): string | undefined {
  const said = eventOfLine(text);
  if (said === undefined) return text;
  if (said.event === 'failed') return `${day}  ${paint('red', 'failed')}: ${String(said.message)}`;
  return jobEventLine({ date: day, ...said } as JobEvent, paint);
}

function priceLine(event: Extract<JobEvent, { event: 'price' }>): string {
  if (event.usd === null || event.usdPerDay === null) return 'Price: unknown, since no run has ended yet.';
  const each = event.usdPerDay.toFixed(CENTS);
  return `Price: about $${event.usd.toFixed(CENTS)}, $${each} a day by the last ${event.runsSeen} runs.`;
}

import { jstText } from '../../etl/business-day.ts';

/** A moment as people read it, in Japan's time: `2026-11-28 02:00:00 JST`. `--json` keeps UTC. */
export function formatMoment(at: string | number): string {
  return `${clockText(at)} JST`;
}

/** The same without the zone, for columns whose head names it. */
export function clockText(at: string | number): string {
  const ms = typeof at === 'number' ? at : Date.parse(at);
  // What is no moment is shown as it came.
  return Number.isFinite(ms) ? jstText(ms) : String(at);
}

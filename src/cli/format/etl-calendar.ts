import type { DayRecord, DayState } from '../../etl/ledger.ts';
import type { Colour, Paint } from '../terminal.ts';
import { formatCount } from './quantity.ts';

const MARKS: Readonly<Record<DayState, { readonly mark: string; readonly colour: Colour }>> = {
  verified: { mark: '✓', colour: 'green' },
  loaded: { mark: '○', colour: 'cyan' },
  stale: { mark: '~', colour: 'yellow' },
  failed: { mark: '✗', colour: 'red' },
  running: { mark: '…', colour: 'cyan' },
  missing: { mark: '·', colour: 'dim' },
};

/** Weeks as rows, Monday first; below them what the marks mean and which days want attention. */
export function formatCalendar(days: readonly DayRecord[], paint: Paint): string {
  const weeks = new Map<string, string[]>();
  for (const day of days) {
    const { monday, weekday } = weekOf(day.date);
    const cells = weeks.get(monday) ?? Array.from({ length: 7 }, () => '    ');
    const { mark, colour } = MARKS[day.state];
    cells[weekday] = `${day.date.slice(8)} ${paint(colour, mark)}`;
    weeks.set(monday, cells);
  }
  const rows = [...weeks].map(([monday, cells]) => `${monday}  ${cells.join('  ')}`.trimEnd());
  const head = `week of     ${['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].map((name) => name.padEnd(4)).join('  ')}`;
  return [head.trimEnd(), ...rows, '', legend(days, paint), ...attention(days)].join('\n');
}

function legend(days: readonly DayRecord[], paint: Paint): string {
  const counts = Object.entries(MARKS).map(([state, { mark, colour }]) => {
    const count = days.filter((day) => day.state === state).length;
    return count === 0 ? undefined : `${paint(colour, mark)} ${state} ${count}`;
  });
  return counts.filter((text) => text !== undefined).join('   ');
}

function attention(days: readonly DayRecord[]): string[] {
  const failed = days
    .filter((day) => day.state === 'failed')
    .map((day) => `${day.date} failed: ${day.error ?? ''}`);
  const stale = days.filter((day) => day.state === 'stale');
  // Days before the first one that anybody loaded are no gap; with none loaded, the newest is where to begin.
  const known = days.findIndex((day) => day.state !== 'missing');
  const wanting = days.slice(known).filter((day) => ['failed', 'stale', 'missing'].includes(day.state));
  const [first, last] = [wanting[0]?.date, wanting.at(-1)?.date];
  return [
    ...failed,
    ...(stale.length > 0
      ? [`${formatCount(stale.length, 'stale day')}: the database has changed since the load.`]
      : []),
    ...(first === undefined
      ? []
      : [`Try: dp etl run --from ${first} --to ${last} --only missing,failed,stale`]),
  ];
}

function weekOf(date: string): { monday: string; weekday: number } {
  const at = new Date(`${date}T00:00:00Z`);
  const weekday = (at.getUTCDay() + 6) % 7;
  return { monday: new Date(at.getTime() - weekday * 86_400_000).toISOString().slice(0, 10), weekday };
}

import type { EtlEvent, PlannedDay, RunEtlResult } from '../../operations/run-etl.ts';
import type { Paint } from '../terminal.ts';
import { formatCount } from './quantity.ts';
import { drawTable } from './table.ts';

/** Smaller tables are done before anyone can read the line. */
const ROWS_WORTH_A_LINE = 100_000;

/** One line of progress for an event, or undefined for those that say nothing new to a person. */
export function etlEventLine(event: EtlEvent, paint: Paint): string | undefined {
  switch (event.event) {
    case 'plan':
      return planLines(event.days);
    case 'warning':
      return `${paint('yellow', 'Warning:')} ${event.date === undefined ? '' : `${event.date}: `}${event.message}`;
    case 'day-started':
      return `${event.date}  ${paint('dim', `run ${event.runId}`)}`;
    case 'extracted':
      if (event.rows < ROWS_WORTH_A_LINE) return undefined;
      return paint('dim', `${event.date}  taken from ${event.table}: ${formatCount(event.rows, 'row')}`);
    case 'day-finished':
      if (event.error === undefined)
        return `${event.date}  ${paint('green', event.state)}, ${formatCount(rowsOf(event), 'row')} in ${formatCount(Object.keys(event.tables).length, 'table')}`;
      return `${event.date}  ${paint('red', event.state)}: ${event.error.message}`;
    default:
      return undefined;
  }
}

function rowsOf(day: { readonly tables: Readonly<Record<string, { readonly rows: number }>> }): number {
  return Object.values(day.tables).reduce((sum, table) => sum + table.rows, 0);
}

function planLines(days: readonly PlannedDay[]): string {
  const run = days.filter((day) => day.action === 'run');
  const lines = run.map((day) => `  ${day.date}  ${day.reason}`);
  const skipped = days.length - run.length;
  const rest = skipped === 0 ? '' : `; ${formatCount(skipped, 'day')} skipped`;
  return [`Plan: ${formatCount(run.length, 'day')} to load${rest}.`, ...lines].join('\n');
}

/** What a plan would do, as a table. */
export function formatPlan(plan: readonly PlannedDay[]): string {
  const rows = plan.map((day) => [day.date, day.state, day.action, day.reason]);
  return drawTable(['day', 'state', 'action', 'why'], rows);
}

/** The days of a run and their rows per table. */
export function formatRun({ days }: RunEtlResult): string {
  if (days.length === 0) return 'Nothing to do.';
  const tables = [...new Set(days.flatMap((day) => Object.keys(day.tables)))];
  const rows = days.map((day) => [
    day.date,
    day.state,
    ...tables.map((table) => day.tables[table]?.rows.toLocaleString('en-US') ?? ''),
  ]);
  const numbers = tables.map((_, index) => index + 2);
  const failed = days.filter((day) => day.error !== undefined);
  const steps = new Set(failed.flatMap((day) => day.error?.nextSteps.slice(0, 1) ?? []));
  return [
    drawTable(['day', 'state', ...tables], rows, numbers).trimEnd(),
    ...[...steps].map((step) => `Try: ${step}`),
  ].join('\n');
}

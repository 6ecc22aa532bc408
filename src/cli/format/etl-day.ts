import type { ReconcileResult } from '../../operations/reconcile.ts';
import type { ShowDayResult } from '../../operations/show-day.ts';
import { clockText, formatMoment } from './moment.ts';
import { formatBytes, formatCount } from './quantity.ts';
import { drawTable } from './table.ts';

/** One day's state, its published rows and its runs, in words. */
export function formatDay({ record, published, runs }: ShowDayResult): string {
  const lines = [
    `${record.date} is ${record.state}.${record.error === null ? '' : ` The last run failed: ${record.error}`}`,
  ];
  if (published === null) lines.push('Readers see no rows of this day.');
  else lines.push(...publishedLines(published));
  lines.push('', 'Runs, newest first:');
  const rows = runs.map((run) => [
    run.runId,
    run.kind,
    run.state,
    run.engine,
    clockText(run.startedAt),
    run.error?.code ?? '',
  ]);
  lines.push(drawTable(['run', 'kind', 'state', 'engine', 'started (JST)', 'error'], rows).trimEnd());
  return lines.join('\n');
}

function publishedLines(manifest: NonNullable<ShowDayResult['published']>): string[] {
  const rows = Object.entries(manifest.tables).map(([name, table]) => [
    name,
    table.lake.rows.toLocaleString('en-US'),
    formatBytes(table.files.reduce((sum, file) => sum + file.bytes, 0)),
    Object.entries(table.lake.sums)
      .map(([column, sum]) => `${column} ${sum}`)
      .join(', '),
    table.lake.checksum,
    brokenChecks(table.checks),
  ]);
  return [
    `Readers see run ${manifest.runId}, of the database as it was at ${snapshotText(manifest.snapshotAt)}.`,
    ...(manifest.verifiedAt === undefined
      ? []
      : [`Proved equal to it at ${formatMoment(manifest.verifiedAt)}.`]),
    ...(manifest.dimensionsTakenLater === true
      ? ['Customers and products are as of that moment, not of the day itself.']
      : []),
    ...(manifest.forced === true ? ['Published with --force although checks failed.'] : []),
    ...(manifest.previousRunId === undefined
      ? []
      : [`Before it: run ${manifest.previousRunId} (dp etl rollback --date ${manifest.date}).`]),
    ...(manifest.warnings ?? []).map((warning) => `Warning: ${warning}`),
    '',
    drawTable(['table', 'rows', 'size', 'sums', 'checksum', 'checks'], rows, [1, 2]).trimEnd(),
  ];
}

/** The database says the moment in UTC, without a zone. */
function snapshotText(snapshotAt: string | undefined): string {
  return snapshotAt === undefined ? 'an unknown time' : formatMoment(`${snapshotAt.replace(' ', 'T')}Z`);
}

function brokenChecks(checks: readonly { readonly name: string; readonly badRows: number }[]): string {
  const broken = checks
    .filter((check) => check.badRows > 0)
    .map((check) => `${check.name}: ${formatCount(check.badRows, 'bad row')}`);
  return broken.length === 0 ? `${checks.length} passed` : broken.join(', ');
}

/** What a comparison of lake and database found. */
export function formatReconcile({ days }: ReconcileResult): string {
  const rows = days.map((day) => [
    day.date,
    day.result,
    day.error?.message ?? day.differences.map(({ table, what }) => `${table}: ${what}`).join('; '),
  ]);
  const differing = days.filter((day) => day.result === 'differs');
  const [first, last] = [differing[0]?.date, differing.at(-1)?.date];
  const step = first === undefined ? [] : [`Try: dp etl reconcile --from ${first} --to ${last} --heal`];
  return [drawTable(['day', 'result', 'differences'], rows).trimEnd(), ...step].join('\n');
}

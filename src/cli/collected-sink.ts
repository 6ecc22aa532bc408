import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResultSink } from '../operations/run-query.ts';
import type { QueryStats, ResultColumn, Value } from '../platform/warehouse.ts';
import { type ChartKind, chartPoints } from './format/chart-points.ts';
import { isNumeric } from './format/table.ts';
import { widthOf, writeAll } from './terminal.ts';

/** Rows a chart or a page takes; the rest is counted. */
const ROWS_MAX = 10_000;
/** Width of a chart that goes to no terminal, in columns. */
const PIPE_WIDTH = 80;

interface Collected {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Value[])[];
  /** Rows beyond those. */
  readonly left: number;
  readonly stats: QueryStats;
}

function collect(done: (collected: Collected) => Promise<void>): ResultSink {
  let columns: readonly ResultColumn[] = [];
  const rows: (readonly Value[])[] = [];
  let left = 0;
  return {
    open: async (opened) => {
      columns = opened;
    },
    rows: async (batch) => {
      const room = ROWS_MAX - rows.length;
      for (const row of batch.slice(0, room)) rows.push(row);
      left += Math.max(0, batch.length - room);
    },
    close: async (stats) => done({ columns, rows, left, stats: stats as QueryStats }),
  };
}

/** Draws a result on stdout once it is whole. */
export function chartSink(kind: ChartKind): ResultSink {
  return collect(async ({ columns, rows }) => {
    const { drawChart } = await import('./format/chart.ts');
    const points = chartPoints(columns, rows);
    await writeAll(process.stdout, drawChart(kind, points, widthOf(process.stdout) ?? PIPE_WIDTH));
  });
}

export interface PageInput {
  readonly sql: string;
  readonly kind: ChartKind | undefined;
  /** Where the page goes; a file of its own in the system's temporary folder when there is none. */
  readonly path: string | undefined;
  readonly say: (text: string) => void;
}

/** Writes a result with its picture as a page of HTML, says where, and opens it where there is a desktop. */
export function pageSink({ sql, kind, path, say }: PageInput): ResultSink {
  return collect(async ({ columns, rows, left, stats }) => {
    const { formatResultPage } = await import('./format/result-page.ts');
    const draws = rows.length > 0 && columns.some((column) => isNumeric(column.type));
    const shape = kind === 'bar' ? 'bar' : 'line';
    const chart = draws ? ({ kind: shape, points: chartPoints(columns, rows) } as const) : undefined;
    const file = path ?? join(tmpdir(), `dp-query-${stats.queryId}.html`);
    // Readable by its owner only: it holds data.
    await writeFile(file, formatResultPage({ sql, columns, rows, left, stats, chart }), { mode: 0o600 });
    await writeAll(process.stdout, `${file}\n`);
    if (process.stdout.isTTY === true) openOnDesktop(file, say);
  });
}

function openOnDesktop(file: string, say: (text: string) => void): void {
  const isMac = process.platform === 'darwin';
  if (!isMac && (process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY) === undefined) {
    say('There is no desktop here: open the file in a browser.');
    return;
  }
  const child = spawn(isMac ? 'open' : 'xdg-open', [file], { stdio: 'ignore', detached: true });
  child.on('error', () => say('No browser could be started: open the file in one.'));
  child.unref();
}

import { extname } from 'node:path';
import type { ResultSink } from '../operations/run-query.ts';
import type { QueryStats } from '../platform/warehouse.ts';
import { usage } from './errors.ts';
import type { ChartKind } from './format/chart-points.ts';
import { queryTarget } from './query-target.ts';
import { stdoutSink, withFileSink } from './result-sink.ts';

/** What the operator wants to become of a result: the result flags, and whether --json was given. */
export interface ResultWish {
  readonly format: string | undefined;
  readonly output: string | undefined;
  readonly chart: string | undefined;
  readonly open: boolean;
  readonly json: boolean;
  readonly terminal: boolean;
}

export interface ResultWays {
  /** Runs with a sink for the rows. */
  stream(sink: ResultSink): Promise<QueryStats>;
  /** Writes a Parquet file. */
  parquet(path: string): Promise<QueryStats>;
}

export interface Delivery {
  readonly sql: string;
  readonly say: (text: string) => void;
}

/** Checks the wish before anything is opened or spent; gives the function that brings the result to its place. */
export function planDelivery(
  wish: ResultWish,
): (ways: ResultWays, delivery: Delivery) => Promise<QueryStats> {
  if ((wish.chart !== undefined || wish.open) && (wish.json || wish.format !== undefined))
    throw usage(
      '--chart and --open are forms of their own: --json and --format contradict them.',
      'Leave one out.',
    );
  const kind = wish.chart as ChartKind | undefined;
  if (wish.open) {
    if (wish.output !== undefined && !/^\.html?$/i.test(extname(wish.output)))
      throw usage(
        '--open writes a page: --output must end in .html.',
        'Add --output result.html, or leave --output out.',
      );
    return async ({ stream }, { sql, say }) => {
      const { pageSink } = await import('./collected-sink.ts');
      return stream(pageSink({ sql, kind, path: wish.output, say }));
    };
  }
  if (kind !== undefined) {
    if (wish.output !== undefined)
      throw usage('--chart draws on stdout.', 'Use --open --output FILE.html for a file.');
    return async ({ stream }) => {
      const { chartSink } = await import('./collected-sink.ts');
      return stream(chartSink(kind));
    };
  }
  const target = queryTarget(wish);
  if (target.kind === 'parquet') return ({ parquet }) => parquet(target.path);
  if (target.kind === 'file') return ({ stream }) => withFileSink(target, stream);
  return ({ stream }) => stream(stdoutSink(target.format));
}

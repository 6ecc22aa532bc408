import { plot } from 'simple-ascii-chart';
import type { ChartKind, ChartPoints } from './chart-points.ts';
import { textWidth } from './text-width.ts';
import { visible } from './visible.ts';

/** Bars a terminal chart draws, and points a line has; more would not be told apart. */
export const CHART_POINTS_MAX = { bar: 60, line: 2_000, spark: 2_000 } as const;
const HEIGHT_LINES = 15;
const LABEL_CHARACTERS_MAX = 30;
/** Takes no place on the screen: pads labels whose letters are wider than one place. */
const NO_WIDTH = '\u2060';
const SPARKS = '▁▂▃▄▅▆▇█';

/** The points as a chart of text, at most `width` columns wide. */
export function drawChart(kind: ChartKind, chart: ChartPoints, width: number): string {
  const points = chart.points.slice(0, CHART_POINTS_MAX[kind]);
  if (points.length === 0) return 'There is nothing to draw: the result has no numbers.\n';
  const title = `${visible(chart.measure)} by ${visible(chart.label)}`;
  if (kind === 'spark') return `${title}\n${spark(points.map((point) => point.value))}\n`;
  const left = chart.points.length - points.length;
  const rest = left > 0 ? `(${left.toLocaleString('en-US')} more rows are not drawn)\n` : '';
  return `${title}${kind === 'line' ? line(points, width) : bars(points, width)}\n${rest}`;
}

type Points = ChartPoints['points'];

function line(points: Points, width: number): string {
  const labels = points.map((point) => paddedLabel(point.label));
  return plot(
    points.map((point, index): [number, number] => [index, point.value]),
    {
      width: Math.max(20, width - 16),
      height: HEIGHT_LINES,
      mode: 'line',
      // Labels of a long axis would run into each other: its ends say enough.
      formatter: (value, { axis }) =>
        axis === 'x'
          ? value === 0 || value === points.length - 1
            ? (labels[value] ?? '')
            : ''
          : numberText(value),
    },
  );
}

/** One bar a row, the first on top, from zero. */
function bars(points: Points, width: number): string {
  const labels = points.map((point) => labelOf(point.label));
  const widest = Math.max(...labels.map((label) => textWidth(label)));
  const values = points.map((point) => point.value);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const room = Math.max(10, width - widest - 20);
  const scale = high === low ? 0 : room / (high - low);
  const lines = points.map(({ value }, index) => {
    const label = labels[index] ?? '';
    const bar = '█'.repeat(Math.max(value === 0 ? 0 : 1, Math.round(Math.abs(value) * scale)));
    return `${' '.repeat(widest - textWidth(label))}${label} ┤${bar} ${numberText(value)}`;
  });
  return `\n${lines.join('\n')}`;
}

function spark(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const steps = SPARKS.length - 1;
  return values
    .map((value) => SPARKS[high === low ? 0 : Math.round(((value - low) / (high - low)) * steps)])
    .join('');
}

function labelOf(label: string): string {
  return label.length > LABEL_CHARACTERS_MAX ? `${label.slice(0, LABEL_CHARACTERS_MAX - 1)}…` : label;
}

/** The library counts letters; this makes them as many as the places they take. */
function paddedLabel(label: string): string {
  const short = labelOf(label);
  return short + NO_WIDTH.repeat(Math.max(0, textWidth(short) - short.length));
}

function numberText(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

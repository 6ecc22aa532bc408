import type { QueryStats, ResultColumn, Value } from '../../platform/warehouse.ts';
import type { ChartPoints } from './chart-points.ts';
import { formatQueryFooter } from './query-footer.ts';
import { isNumeric } from './table.ts';
import { valueText } from './value.ts';
import { visible } from './visible.ts';

/** Points the picture draws; more would not be told apart. */
const POINTS_MAX = 400;
const WIDTH = 900;
const HEIGHT = 320;
const MARGIN = { left: 80, right: 20, top: 20, bottom: 50 } as const;

export interface ResultPage {
  readonly sql: string;
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Value[])[];
  /** Rows of the result that the page does not show. */
  readonly left: number;
  readonly stats: QueryStats;
  /** Undefined for results without numbers. */
  readonly chart: { readonly kind: 'bar' | 'line'; readonly points: ChartPoints } | undefined;
}

/** A page of HTML that needs nothing but itself: no script, nothing from anywhere else, all data escaped. */
export function formatResultPage(page: ResultPage): string {
  const left = page.left > 0 ? `<p>${page.left.toLocaleString('en-US')} more rows are not shown.</p>` : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>dp query</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body{font:15px/1.5 system-ui,sans-serif;margin:2rem;color:#1c1c1c;background:#fff}
pre{background:#f4f4f4;padding:.8rem;overflow:auto}
table{border-collapse:collapse}th,td{border:1px solid #ccc;padding:.2rem .6rem;text-align:left;white-space:pre-wrap}
th{background:#f0f0f0;position:sticky;top:0}.n{text-align:right;font-variant-numeric:tabular-nums}
.null{color:#999;font-style:italic}svg{max-width:100%;height:auto}svg text{font-size:12px;fill:#333}
footer{color:#555;margin-top:1rem}
</style></head><body>
<pre>${escapeHtml(page.sql)}</pre>
${page.chart === undefined ? '' : drawSvg(page.chart.kind, page.chart.points)}
<table><thead><tr>${page.columns.map(({ name, type }) => `<th title="${escapeHtml(type)}">${escapeHtml(name)}</th>`).join('')}</tr></thead>
<tbody>
${page.rows.map((row) => rowHtml(row, page.columns)).join('\n')}
</tbody></table>
${left}<footer>${escapeHtml(formatQueryFooter(page.stats))}</footer>
</body></html>
`;
}

function rowHtml(row: readonly Value[], columns: readonly ResultColumn[]): string {
  const cells = row.map((value, index) => {
    if (value === null) return '<td class="null">NULL</td>';
    const numeric = isNumeric(columns[index]?.type ?? '') ? ' class="n"' : '';
    return `<td${numeric}>${escapeHtml(valueText(value))}</td>`;
  });
  return `<tr>${cells.join('')}</tr>`;
}

function drawSvg(kind: 'bar' | 'line', chart: ChartPoints): string {
  const points = chart.points.slice(0, POINTS_MAX);
  if (points.length === 0) return '';
  const values = points.map((point) => point.value);
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values, low + 1e-9);
  const step = (WIDTH - MARGIN.left - MARGIN.right) / points.length;
  const x = (index: number): number => MARGIN.left + (index + 0.5) * step;
  const y = (value: number): number =>
    MARGIN.top + ((high - value) / (high - low)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const marks =
    kind === 'line'
      ? `<polyline fill="none" stroke="#2563eb" stroke-width="2" points="${points.map((point, index) => `${x(index).toFixed(1)},${y(point.value).toFixed(1)}`).join(' ')}"/>`
      : points
          .map((point, index) =>
            barSvg({
              x: x(index) - step * 0.4,
              width: step * 0.8,
              from: y(0),
              to: y(point.value),
              title: `${point.label}: ${point.value}`,
            }),
          )
          .join('');
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(chart.measure)}">
${[low, (low + high) / 2, high].map((value) => tickSvg(value, y(value))).join('')}
${marks}
${labelsSvg(points, x)}
</svg>`;
}

function barSvg(bar: { x: number; width: number; from: number; to: number; title: string }): string {
  const top = Math.min(bar.from, bar.to).toFixed(1);
  const height = Math.abs(bar.from - bar.to).toFixed(1);
  return `<rect x="${bar.x.toFixed(1)}" y="${top}" width="${bar.width.toFixed(1)}" height="${height}" fill="#2563eb"><title>${escapeHtml(bar.title)}</title></rect>`;
}

function tickSvg(value: number, y: number): string {
  const text = value.toLocaleString('en-US', { maximumFractionDigits: 2 });
  return (
    `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}" stroke="#ddd"/>` +
    `<text x="${MARGIN.left - 8}" y="${(y + 4).toFixed(1)}" text-anchor="end">${text}</text>`
  );
}

/** About this many labels fit below the picture. */
const LABELS_MAX = 10;

function labelsSvg(points: ChartPoints['points'], x: (index: number) => number): string {
  const every = Math.ceil(points.length / LABELS_MAX);
  return points
    .map((point, index) =>
      index % every === 0
        ? `<text x="${x(index).toFixed(1)}" y="${HEIGHT - MARGIN.bottom + 20}" text-anchor="middle">${escapeHtml(point.label.slice(0, 16))}</text>`
        : '',
    )
    .join('');
}

/** Text for HTML, with controls written out and everything that means something escaped. */
function escapeHtml(text: string): string {
  return visible(text, { keepNewlines: true })
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

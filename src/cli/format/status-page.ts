import { formatUsd } from '../../athena/price.ts';
import type { QueryDay, ReportDay, StatusReport } from '../../operations/status-report.ts';
import { formatBytes, formatCount, formatDuration } from './quantity.ts';
import { drawDays } from './status-charts.ts';
import { statusFacts } from './status-facts.ts';
import { PAGE_STYLE } from './status-style.ts';
import { visible } from './visible.ts';

/** Nothing may be fetched and nothing may run: the page is text, style and drawings. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The status as one page that needs no network: for a phone, a wall, or an incident's notes. */
export function formatStatusPage(report: StatusReport): string {
  const { status, madeAt } = report;
  const { environment, state } = status;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(environment)} is ${escaped(state)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header><h1>${escaped(environment)}</h1> <span class="state ${state}">${escaped(state)}</span>
<p>Made at <time datetime="${madeAt}">${madeAt.slice(0, 16).replace('T', ' ')} UTC</time>. Days are Japan’s.</p></header>
<main>
<section><h2>Now</h2><dl>${facts(report)}</dl></section>
<section><h2>Tables</h2>${tables(report)}</section>
<section><h2>Days</h2>${calendar(report.days)}${failures(report.days)}</section>
<section><h2>Rows a day</h2><div class="cards">${rowCharts(report.days)}</div></section>
<section><h2>Loads and queries</h2><div class="cards">${workCharts(report)}</div></section>
</main>
</body>
</html>
`;
}

function facts({ status }: StatusReport): string {
  return statusFacts(status)
    .map(({ name, text, tone }) => `<dt>${escaped(name)}</dt><dd class="${tone}">${escaped(text)}</dd>`)
    .join('');
}

function tables({ status: { lake } }: StatusReport): string {
  const rows = lake.tables.map(({ table, newestVerifiedDay, daysBehind }) => {
    const lag = daysBehind === null ? '–' : daysBehind === 0 ? 'up to date' : formatCount(daysBehind, 'day');
    const tone = daysBehind === 0 ? 'good' : 'poor';
    return `<tr><th scope="row">${escaped(table)}</th><td>${newestVerifiedDay ?? 'none'}</td><td class="${tone}">${lag}</td></tr>`;
  });
  const head =
    '<tr><th scope="col">table</th><th scope="col">verified up to</th><th scope="col">behind</th></tr>';
  return `<table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table>`;
}

/** One column a week, Monday first, as calendars of contributions are drawn. */
function calendar(days: readonly ReportDay[]): string {
  const first = days[0];
  const before = first === undefined ? 0 : (new Date(`${first.date}T00:00:00Z`).getUTCDay() + 6) % 7;
  const cells = days.map(({ date, state }) => {
    const title = `${date} ${state}`;
    return `<li class="${state}" title="${title}">${dayLabel(date)}</li>`;
  });
  const blanks = '<li class="blank" aria-hidden="true"></li>'.repeat(before);
  const states = [...new Set(days.map(({ state }) => state))];
  const legend = states.map((state) => {
    const count = days.filter((day) => day.state === state).length;
    return `<li><i class="${state}"></i>${state} ${count}</li>`;
  });
  return `<ol class="calendar">${blanks}${cells.join('')}</ol><ul class="legend">${legend.join('')}</ul>`;
}

/** The day of the month; the month itself where it begins. */
function dayLabel(date: string): string {
  const day = date.slice(8);
  return day === '01' ? `<b>${MONTHS[Number(date.slice(5, 7)) - 1]}</b>` : day;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function failures(days: readonly ReportDay[]): string {
  const failed = days.filter(({ state }) => state === 'failed');
  if (failed.length === 0) return '';
  const items = failed.map(
    ({ date, error }) =>
      `<li><b>${date}</b> ${escaped(error ?? '')}<br><code>dp etl show --date ${date}</code></li>`,
  );
  return `<ul class="failures">${items.join('')}</ul>`;
}

function rowCharts(days: readonly ReportDay[]): string {
  const names = [...new Set(days.flatMap(({ rows }) => Object.keys(rows)))].sort();
  if (names.length === 0) return '<p>No day is loaded yet.</p>';
  return names
    .map((table) => {
      const values = days.map(({ rows }) => rows[table] ?? null);
      const newest = values.findLast((value) => value !== null) ?? 0;
      return card(table, formatCount(newest, 'row'), { days, values, format: shortCount });
    })
    .join('');
}

function workCharts({ days, queries, status }: StatusReport): string {
  const seconds = days.map((day) => day.seconds);
  const newest = seconds.findLast((value) => value !== null);
  const last = newest === undefined || newest === null ? 'none yet' : formatDuration(newest * 1000);
  const loads = card('Time of a load', last, {
    days,
    values: seconds,
    format: (value) => formatDuration(value * 1000),
  });
  if (queries === null) return loads;
  const total = (of: (day: QueryDay) => number): number => queries.reduce((sum, day) => sum + of(day), 0);
  const scanned = card('Scanned by queries', formatBytes(total((day) => day.scannedBytes)), {
    days: queries,
    values: queries.map(({ scannedBytes }) => scannedBytes),
    format: formatBytes,
  });
  const { environment } = status;
  const isCharged = environment !== 'local';
  const cost = card(
    isCharged ? 'Price of the queries' : 'Their price on Athena',
    formatUsd(total((day) => day.usd)),
    {
      days: queries,
      values: queries.map(({ usd }) => usd),
      format: (usd) => `$${Number(usd.toPrecision(2))}`,
    },
  );
  return loads + scanned + cost;
}

interface CardChart {
  readonly days: readonly { readonly date: string }[];
  readonly values: readonly (number | null)[];
  readonly format: (value: number) => string;
}

function card(title: string, figure: string, { days, values, format }: CardChart): string {
  const dates = days.map(({ date }) => date);
  const drawing = drawDays({ dates, values, format });
  const words = `${title}: ${figure}, ${dates[0]} to ${dates.at(-1)}`;
  return `<figure><figcaption><b>${escaped(title)}</b> ${escaped(figure)}</figcaption><div role="img" aria-label="${escaped(words)}">${drawing}</div></figure>`;
}

const shortNumber = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

function shortCount(value: number): string {
  return shortNumber.format(value);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as text: nothing in it is markup, and nothing hides or reorders what stands beside it. */
function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

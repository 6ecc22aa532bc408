// The page of `dp status --html` as a real browser shows it.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { formatStatusPage } from '../../src/cli/format/status-page.ts';
import { addDays } from '../../src/etl/business-day.ts';
import type { DayState } from '../../src/etl/ledger.ts';
import type { ReportDay, StatusReport } from '../../src/operations/status-report.ts';
import { openBrowser } from '../support/chromium.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HOSTILE = '<script>window.owned=1</script><img src=x onerror="window.owned=2">';
const TABLES = ['orders', '日次売上', HOSTILE];
const LAST = '2026-11-26';
const STATES: readonly DayState[] = [
  'verified',
  'verified',
  'verified',
  'failed',
  'stale',
  'missing',
  'loaded',
];

function day(date: string, index: number): ReportDay {
  const state = STATES[index % STATES.length] ?? 'missing';
  const rows = Object.fromEntries(TABLES.map((table, n) => [table, 1000 * (n + 1) + index]));
  return {
    date,
    state,
    error: state === 'failed' ? `列が足りません </style></section>${HOSTILE}` : null,
    rows: state === 'missing' ? {} : rows,
    seconds: state === 'missing' ? null : 30 + index,
  };
}

function report(): StatusReport {
  const dates = Array.from({ length: 91 }, (_, back) => addDays(LAST, back - 90));
  return {
    madeAt: '2026-11-27T00:00:00.000Z',
    days: dates.map(day),
    queries: dates.map((date, n) => ({ date, queries: n, scannedBytes: n * 1e9, usd: n * 0.005 })),
    status: {
      version: 1,
      environment: 'staging',
      state: 'stale',
      lake: {
        expectedDay: LAST,
        newestVerifiedDay: '2026-11-24',
        daysBehind: 2,
        tables: TABLES.map((table) => ({ table, newestVerifiedDay: '2026-11-24', daysBehind: 2 })),
        days: { verified: 20, failed: 5 },
        failedDays: ['2026-11-20'],
      },
      lastRun: { runId: 'r1', date: LAST, state: 'failed', endedAt: '2026-11-26T18:00:00.000Z' },
      nextRun: { at: '2026-11-27T17:00:00.000Z', day: '2026-11-27' },
      database: { state: 'running', host: 'db.example.com', port: 3306, database: 'stg_core' },
      shopApi: {
        state: 'not-answering',
        url: 'https://api.example.com/a/very/long/path/without/any/place/to/break/it',
      },
      secrets: [{ name: 'etl_reader', ageDays: 31, state: 'steady', isDue: true }],
      tunnels: [{ sessionId: 's', owner: 'ann', reason: HOSTILE, startedAt: '2026-11-26T18:00:00.000Z' }],
      drift: { drifted: [], checkedAt: null },
      cost: { usd: 120.5, forecastUsd: 300, budgetUsd: 250, source: 'AWS Budgets' },
      unknown: [{ part: 'schedule', reason: 'no answer within 8 s' }],
    },
  };
}

for (const { width, dark } of [
  { width: 390, dark: false },
  { width: 1280, dark: true },
]) {
  test(`at ${width} pixels it fits, draws every chart, asks for nothing and runs nothing`, {
    timeout: 120_000,
  }, async (t) => {
    const file = join(await temporaryFolder(t), 'status.html');
    await writeFile(file, formatStatusPage(report()));
    const url = pathToFileURL(file).href;
    const page = await openBrowser(t);
    await page.open(url, { width, dark });
    assert.equal(await page.ask('innerWidth'), width);
    const beyond = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    assert.equal(await page.ask(beyond), 0, 'nothing is to be scrolled to');
    assert.equal(await page.ask('document.querySelectorAll("figure svg").length'), TABLES.length + 3);
    const bars =
      'Math.min(...[...document.querySelectorAll("svg")].map((svg) => svg.querySelectorAll("path[fill=\'var(--accent)\']").length))';
    assert.ok(Number(await page.ask(bars)) >= 70, 'every chart has a bar for each day that has a value');
    assert.equal(await page.ask('document.querySelectorAll(".calendar li:not(.blank)").length'), 91);
    assert.equal(await page.ask('typeof window.owned'), 'undefined');
    assert.equal(await page.ask('document.querySelectorAll("script,img,link,iframe").length'), 0);
    const said = String(await page.ask('document.body.innerText'));
    for (const text of [
      '日次売上',
      '列が足りません',
      'ann (<script>',
      '2 days behind',
      '$120.50 of $250.00',
      'not known',
    ]) {
      assert.ok(said.includes(text), text);
    }
    const back = String(await page.ask('getComputedStyle(document.body).backgroundColor'));
    assert.equal(back, dark ? 'rgb(18, 22, 29)' : 'rgb(246, 247, 249)');
    assert.deepEqual(page.requests, [url]);
    assert.deepEqual(page.complaints, []);
  });
}

import { formatUsd } from '../../athena/price.ts';
import type { QueryRecord, SavedQuery } from '../../platform/query-history.ts';
import { clockText, formatMoment } from './moment.ts';
import { formatBytes, formatDuration } from './quantity.ts';
import { drawTable } from './table.ts';
import { visible } from './visible.ts';

/** Characters of the SQL shown in a list. */
const SQL_CHARACTERS_MAX = 60;

/** Queries as a table, the newest first. */
export function formatHistory(records: readonly QueryRecord[]): string {
  if (records.length === 0) return 'No query has run here yet.\n';
  const rows = records.map((record) => [
    record.queryId,
    record.state,
    clockText(record.submittedMs),
    formatDuration(record.tookMs),
    formatBytes(record.scannedBytes),
    record.priceUsd === undefined ? '-' : formatUsd(record.priceUsd),
    oneLine(record.sql),
  ]);
  return drawTable(['id', 'state', 'started (JST)', 'took', 'scanned', 'price', 'sql'], rows, [3, 4, 5]);
}

/** Everything known of one query. */
export function formatRecord(record: QueryRecord): string {
  const lines = [
    ['id', record.queryId],
    ['state', record.state],
    ...(record.reason === undefined ? [] : [['reason', record.reason]]),
    ['database', record.database ?? ''],
    ['started', formatMoment(record.submittedMs)],
    ['took', formatDuration(record.tookMs)],
    ['scanned', formatBytes(record.scannedBytes)],
    ...(record.priceUsd === undefined ? [] : [['price', formatUsd(record.priceUsd)]]),
    ['reused', record.reused ? 'yes' : 'no'],
  ].map(([name = '', value = '']) => `${name.padEnd(9)} ${visible(value)}`);
  return `${lines.join('\n')}\n\n${visible(record.sql, { keepNewlines: true })}\n`;
}

/** Saved queries as a table. */
export function formatSaved(saved: readonly SavedQuery[]): string {
  if (saved.length === 0) return 'No query is saved yet: dp query save NAME "SELECT …"\n';
  const rows = saved.map((query) => [query.name, query.database ?? '', oneLine(query.sql)]);
  return drawTable(['name', 'database', 'sql'], rows);
}

function oneLine(sql: string): string {
  const text = sql.replace(/\s+/g, ' ').trim();
  return text.length > SQL_CHARACTERS_MAX ? `${text.slice(0, SQL_CHARACTERS_MAX - 1)}…` : text;
}

import type { QueryStats } from '../../platform/warehouse.ts';
import { formatBytes, formatCount, formatDuration } from './quantity.ts';

/** One line about a query that ended: rows, time, bytes. */
export function formatQueryFooter(stats: QueryStats): string {
  const ran = formatDuration(stats.queuedMs + stats.planningMs + stats.executionMs);
  return `${formatCount(stats.rows, 'row')} in ${ran}, ${formatBytes(stats.scannedBytes)} of files, by ${stats.fetchPath}`;
}

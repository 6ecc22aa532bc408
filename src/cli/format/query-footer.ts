import { formatUsd } from '../../athena/price.ts';
import type { QueryStats } from '../../platform/warehouse.ts';
import { formatBytes, formatCount, formatDuration } from './quantity.ts';

/** One line about a query that ended: rows, where its time went, bytes, price, the way its rows came, and its id. */
export function formatQueryFooter(stats: QueryStats): string {
  const parts = [formatCount(stats.rows, 'row'), times(stats), `scanned ${formatBytes(stats.scannedBytes)}`];
  if (stats.priceUsd !== undefined)
    parts.push(`${formatUsd(stats.priceUsd)} in ${stats.priceRegion ?? 'AWS'}`);
  if (stats.reused) parts.push('reused an earlier result');
  parts.push(`by ${stats.fetchPath}`, stats.queryId);
  return parts.join(' · ');
}

function times({ queuedMs, planningMs, executionMs }: QueryStats): string {
  return `queued ${formatDuration(queuedMs)}, planned ${formatDuration(planningMs)}, ran ${formatDuration(executionMs)}`;
}

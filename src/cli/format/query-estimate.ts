import { describeRate, formatUsd } from '../../athena/price.ts';
import type { PlannedTable, QueryEstimate } from '../../operations/plan-query.ts';
import { formatBytes } from './quantity.ts';
import { drawTable } from './table.ts';

/** What a dry run found, for people. */
export function formatEstimate(estimate: QueryEstimate): string {
  const { tables, bytesMax, usdMax, usdPerTerabyte, region, rate } = estimate;
  const lines = [`The statement is valid (${estimate.statement}). Nothing was run.`];
  if (tables.length > 0) {
    lines.push(
      drawTable(['table', 'partitions read', 'of', 'bytes at most'], tables.map(rowOf), [1, 2, 3]).trimEnd(),
    );
  }
  if (bytesMax === undefined || usdMax === undefined)
    lines.push('What it scans is not known: a table lies outside of the lake.');
  else {
    lines.push(
      `Scans at most ${formatBytes(bytesMax)}, which costs at most ${formatUsd(usdMax)} on Athena ` +
        `(${formatUsd(usdPerTerabyte)} per TB in ${region}, at least 10 MB; ${describeRate(rate)}).`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function rowOf({ table, partitionsRead, partitions, bytes }: PlannedTable): string[] {
  return [
    table,
    String(partitionsRead),
    String(partitions),
    bytes === undefined ? 'not known' : formatBytes(bytes),
  ];
}

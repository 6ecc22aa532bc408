import { formatUsd } from '../athena/price.ts';
import type { QueryEstimate } from './plan-query.ts';
import { scansTooMuch, sizeUnknown, tooExpensive } from './query-errors.ts';

export interface QueryLimits {
  readonly costUsdMax: number | undefined;
  readonly scanBytesMax: number | undefined;
}

/** Throws when the query may cost or scan more than the operator wants, or when that cannot be known. */
export function assertWithinLimits(estimate: QueryEstimate, limits: QueryLimits): void {
  const { bytesMax, usdMax } = estimate;
  if (bytesMax === undefined || usdMax === undefined) {
    throw sizeUnknown(
      estimate.tables.filter((table) => table.bytes === undefined).map((table) => table.table),
    );
  }
  const bytes = bytesText(bytesMax);
  const { costUsdMax, scanBytesMax } = limits;
  if (scanBytesMax !== undefined && bytesMax > scanBytesMax)
    throw scansTooMuch({ bytes, mostBytes: bytesText(scanBytesMax) });
  if (costUsdMax !== undefined && usdMax > costUsdMax)
    throw tooExpensive({ bytes, usd: formatUsd(usdMax), mostUsd: formatUsd(costUsdMax) });
}

function bytesText(bytes: number): string {
  return `${bytes.toLocaleString('en-US')} bytes`;
}

import type { PricedPlatform } from '../../operations/price-platform.ts';
import { dollars } from './stack-plans.ts';
import { drawTable } from './table.ts';

/** The month by component, then what single decisions would change. */
export function formatCost(priced: PricedPlatform): string {
  const rows = priced.rows.map((row) => [row.component, row.detail, row.price, row.monthlyUsd.toFixed(2)]);
  const others = priced.alternatives.map((one) => [
    one.what,
    one.monthlyUsd.toFixed(2),
    (one.monthlyUsd - priced.monthlyUsd).toFixed(2),
  ]);
  return [
    drawTable(['component', 'what', 'price', 'USD a month'], rows),
    `${priced.environment}: ${dollars(priced.monthlyUsd)} a month`,
    '',
    drawTable(['or', 'USD a month', 'difference'], others),
    ...priced.notes,
  ].join('\n');
}

import type { ResultColumn, Value } from '../../platform/warehouse.ts';
import { usage } from '../errors.ts';
import { isNumeric } from './table.ts';
import { valueText } from './value.ts';
import { visible } from './visible.ts';

export const CHARTS = ['bar', 'line', 'spark'] as const;
export type ChartKind = (typeof CHARTS)[number];

/** A result as a chart takes it: a label and a number a row. Rows whose number is NULL are left out. */
export interface ChartPoints {
  readonly label: string;
  readonly measure: string;
  readonly points: readonly { readonly label: string; readonly value: number }[];
}

/** The first column that is not a number labels, the first other that is one is drawn. */
export function chartPoints(
  columns: readonly ResultColumn[],
  rows: readonly (readonly Value[])[],
): ChartPoints {
  const labelAt = Math.max(
    0,
    columns.findIndex((column) => !isNumeric(column.type)),
  );
  const only = columns.length === 1;
  const measureAt = only
    ? 0
    : columns.findIndex((column, index) => index !== labelAt && isNumeric(column.type));
  if (measureAt === -1 || (only && !isNumeric(columns[0]?.type ?? ''))) {
    throw usage(
      'There is nothing to draw: the result has no column of numbers.',
      'Select a label and a number: SELECT dt, count(*) …',
    );
  }
  const points = rows.flatMap((row, index) => {
    const value = Number(row[measureAt] ?? Number.NaN);
    if (!Number.isFinite(value) || row[measureAt] === null) return [];
    const label = row[labelAt] ?? null;
    return [{ label: only ? String(index + 1) : label === null ? 'NULL' : visible(valueText(label)), value }];
  });
  return { label: columns[labelAt]?.name ?? '', measure: columns[measureAt]?.name ?? '', points };
}

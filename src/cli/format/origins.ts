import type { Origin } from '../../config/settings.ts';
import { drawTable } from './table.ts';

/** Settings with their origins as a table. */
export function formatOrigins(origins: readonly Origin[]): string {
  return drawTable(
    ['setting', 'value', 'from'],
    origins.map(({ name, value, origin }) => [name, value === '' ? '(not set)' : value, origin]),
  );
}

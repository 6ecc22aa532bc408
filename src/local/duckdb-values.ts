import {
  DuckDBArrayValue,
  DuckDBBitValue,
  DuckDBBlobValue,
  type DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Value } from '../platform/warehouse.ts';

/** Types whose JavaScript values are already what a result holds. */
const PLAIN: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.BOOLEAN,
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.DOUBLE,
  DuckDBTypeId.VARCHAR,
]);

/** The rows of a chunk as results hold them: exact, with dates, decimals and timestamps as text. */
export function rowsOfChunk(chunk: DuckDBDataChunk, typeIds: readonly DuckDBTypeId[]): Value[][] {
  const columns = typeIds.map((typeId, index) => {
    const values = chunk.getColumnValues(index);
    if (typeId === DuckDBTypeId.FLOAT) return (values as (number | null)[]).map(realValue);
    return PLAIN.has(typeId) ? (values as Value[]) : values.map(toValue);
  });
  const rows: Value[][] = new Array(chunk.rowCount);
  for (let row = 0; row < chunk.rowCount; row++) {
    const cells: Value[] = new Array(columns.length);
    for (let column = 0; column < columns.length; column++) cells[column] = columns[column]?.[row] ?? null;
    rows[row] = cells;
  }
  return rows;
}

/** Digits that surely tell one real from the next. */
const REAL_DIGITS_MAX = 9;

/** A real as the double with the fewest digits that means it: 0.1, not 0.10000000149011612. */
function realValue(value: number | null): number | null {
  if (value === null || !Number.isFinite(value)) return value;
  for (let digits = 6; digits < REAL_DIGITS_MAX; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(REAL_DIGITS_MAX));
}

function toValue(value: DuckDBValue): Value {
  if (value === null || typeof value !== 'object') return value as Value;
  if (value instanceof DuckDBTimestampTZValue) return `${timestampText(value.micros)} UTC`;
  if (value instanceof DuckDBTimestampValue) return timestampText(value.micros);
  if (value instanceof DuckDBTimestampSecondsValue) return timestampText(value.seconds * 1_000_000n);
  if (value instanceof DuckDBTimestampMillisecondsValue) return timestampText(value.millis * 1000n);
  if (value instanceof DuckDBTimestampNanosecondsValue) return value.toString();
  if (value instanceof DuckDBDateValue || value instanceof DuckDBDecimalValue) return value.toString();
  if (value instanceof DuckDBBlobValue) return value.bytes;
  if (value instanceof DuckDBBitValue) return value.toString();
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(toValue);
  if (value instanceof DuckDBMapValue) {
    return Object.fromEntries(
      value.entries.map((entry) => [String(toValue(entry.key)), toValue(entry.value)]),
    );
  }
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, item]) => [name, toValue(item)]));
  }
  return String(value);
}

const MICROS_PER_SECOND = 1_000_000n;

/** `2026-11-22 01:02:03.5`: the fraction is trimmed to the value. */
export function timestampText(micros: bigint): string {
  const rest = ((micros % MICROS_PER_SECOND) + MICROS_PER_SECOND) % MICROS_PER_SECOND;
  const iso = new Date(Number((micros - rest) / 1000n)).toISOString();
  const whole = `${iso.slice(0, -14)} ${iso.slice(-13, -5)}`;
  return rest === 0n ? whole : `${whole}.${rest.toString().padStart(6, '0').replace(/0+$/, '')}`;
}

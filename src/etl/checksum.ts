/**
 * One number that says what rows a table holds, whatever their order: the sum over rows of the first 15 hex
 * digits of SHA-1 of the row's text. docs/decisions/0003-checksum.md describes the text so that any engine can
 * compute it; here are MySQL's and DuckDB's words for it.
 */
export interface ChecksumColumn {
  readonly name: string;
  /** Hive's word. */
  readonly type: string;
}

/** 60 bits of the hash: they fit a signed 64-bit integer, and 10^12 rows of them a DECIMAL(38,0). */
const HEX_DIGITS = 15;

/** An aggregate over rows with these columns, for MySQL 8 and MariaDB. Gives a DECIMAL, `0` over no rows. */
export function mysqlChecksum(columns: readonly ChecksumColumn[]): string {
  const text = `CONCAT_WS('|', ${columns.map(mysqlText).join(', ')})`;
  return `COALESCE(SUM(CAST(CONV(LEFT(SHA1(${text}), ${HEX_DIGITS}), 16, 10) AS UNSIGNED)), 0)`;
}

/** The same for DuckDB. Gives a HUGEINT, `0` over no rows. */
export function duckdbChecksum(columns: readonly ChecksumColumn[]): string {
  const text = `concat_ws('|', ${columns.map(duckdbText).join(', ')})`;
  return `coalesce(sum(CAST('0x' || left(sha1(${text}), ${HEX_DIGITS}) AS BIGINT)), 0)`;
}

function mysqlText(column: ChecksumColumn): string {
  const text =
    column.type === 'string' ? `REPLACE(REPLACE(${column.name}, '~', '~0'), '|', '~3')` : column.name;
  return `IFNULL(${text}, '~N')`;
}

function duckdbText({ name, type }: ChecksumColumn): string {
  const text =
    type === 'string'
      ? `replace(replace(${name}, '~', '~0'), '|', '~3')`
      : type === 'timestamp'
        ? `strftime(${name}, '%Y-%m-%d %H:%M:%S.%f')`
        : type === 'boolean'
          ? `CAST(CAST(${name} AS INTEGER) AS VARCHAR)`
          : `CAST(${name} AS VARCHAR)`;
  return `coalesce(${text}, '~N')`;
}

/** One value as src/platform/warehouse.ts defines it, of the kinds Athena's text results have. */
export type ScalarValue = null | boolean | number | bigint | string | Uint8Array;

/** What Athena says of a column with its result. */
export interface ColumnFacts {
  readonly type: string;
  readonly precision?: number;
  readonly scale?: number;
}

/** The length Athena reports for a varchar without one. */
const VARCHAR_WITHOUT_LENGTH = 2_147_483_647;

/** Athena's type with its arguments: `decimal(12,2)`, `varchar(10)`, `timestamp(3)`. */
export function typeName({ type, precision, scale }: ColumnFacts): string {
  switch (type) {
    case 'float':
      return 'real';
    case 'int':
      return 'integer';
    case 'decimal':
      return precision === undefined ? type : `decimal(${precision},${scale ?? 0})`;
    case 'varchar':
    case 'char':
      return precision === undefined || precision === 0 || precision === VARCHAR_WITHOUT_LENGTH
        ? type
        : `${type}(${precision})`;
    case 'timestamp':
    case 'time':
      return precision === undefined || precision === 0 ? type : `${type}(${precision})`;
    default:
      return type;
  }
}

export type ReadValue = (text: string | null) => ScalarValue;

/**
 * How to read the texts of a column. Exact: integers that a double cannot hold become bigint, decimals stay
 * text. Arrays, maps and rows stay Athena's text, which says too little to be taken apart (`[a,b, c]`).
 */
export function readerOf(type: string): ReadValue {
  switch (type) {
    case 'boolean':
      return (text) => (text === null ? null : text === 'true');
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'int':
    case 'real':
    case 'float':
    case 'double':
      return (text) => (text === null ? null : Number(text));
    case 'bigint':
      return readBigint;
    case 'varbinary':
      return (text) => (text === null ? null : new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex')));
    default:
      return (text) => text;
  }
}

/** Digits up to which every integer fits a double. */
const SAFE_DIGITS = 15;

function readBigint(text: string | null): number | bigint | null {
  if (text === null) return null;
  if (text.length <= SAFE_DIGITS) return Number(text);
  const exact = BigInt(text);
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
}

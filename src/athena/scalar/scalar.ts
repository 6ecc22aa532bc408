/** Types of DuckDB that functions of dp's own take and give. */
export type ScalarType = 'VARCHAR' | 'BIGINT' | 'DOUBLE' | 'FLOAT' | 'BOOLEAN' | 'INTEGER' | 'DOUBLE[]';

export type ScalarValue = string | bigint | number | boolean;

/**
 * A function that DuckDB lacks, or does otherwise than Athena. The warehouse registers it under its name. It
 * is not called for rows where an argument is NULL: the result is NULL there. What it throws fails the query.
 */
export interface Scalar {
  readonly name: string;
  readonly parameters: readonly ScalarType[];
  readonly result: ScalarType;
  readonly run: (...values: never[]) => ScalarValue | null;
}

/** Keeps the types of a function's parameters in step with what it is declared to take. */
export function scalar<const Parameters extends readonly ScalarType[]>(
  name: string,
  parameters: Parameters,
  result: ScalarType,
  run: (...values: { [Index in keyof Parameters]: JavaScriptOf[Parameters[Index]] }) => ScalarValue | null,
): Scalar {
  return { name, parameters, result, run: run as unknown as Scalar['run'] };
}

interface JavaScriptOf {
  VARCHAR: string;
  BIGINT: bigint;
  DOUBLE: number;
  FLOAT: number;
  BOOLEAN: boolean;
  INTEGER: number;
  'DOUBLE[]': readonly number[];
}

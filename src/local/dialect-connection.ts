import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBListValue,
  DuckDBScalarFunction,
  type DuckDBType,
  type DuckDBValue,
  type DuckDBVector,
  FLOAT,
  INTEGER,
  LIST,
  VARCHAR,
} from '@duckdb/node-api';
import { DIALECT_SCALARS, DIALECT_SETTINGS } from '../athena/dialect.ts';
import type { Scalar, ScalarType } from '../athena/scalar/scalar.ts';

const TYPES: Readonly<Record<ScalarType, DuckDBType>> = {
  VARCHAR,
  BIGINT,
  DOUBLE,
  FLOAT,
  BOOLEAN,
  INTEGER,
  'DOUBLE[]': LIST(DOUBLE),
};

/**
 * Gives a DuckDB instance, through any of its connections, the functions that planned SQL calls. Once for an
 * instance; it costs a few milliseconds.
 */
export function registerDialect(connection: DuckDBConnection): void {
  for (const scalar of DIALECT_SCALARS) connection.registerScalarFunction(functionOf(scalar));
}

/** Puts a connection into the state that planned SQL expects. For every connection. */
export async function applyDialect(connection: DuckDBConnection): Promise<void> {
  for (const setting of DIALECT_SETTINGS) await connection.run(setting);
}

function functionOf(scalar: Scalar): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name: scalar.name,
    parameterTypes: scalar.parameters.map((type) => TYPES[type]),
    returnType: TYPES[scalar.result],
    mainFunction: (_, input, output) => fill(scalar, input, output),
  });
}

function fill(scalar: Scalar, input: DuckDBDataChunk, output: DuckDBVector): void {
  const columns = scalar.parameters.map((_, index) => input.getColumnVector(index));
  for (let row = 0; row < input.rowCount; row++) {
    const values = columns.map((column) => plainItem(column.getItem(row)));
    const missing = values.some((value) => value === null);
    output.setItem(row, missing ? null : scalar.run(...(values as never[])));
  }
  output.flush();
}

function plainItem(value: DuckDBValue): DuckDBValue | readonly DuckDBValue[] {
  return value instanceof DuckDBListValue ? value.items : value;
}

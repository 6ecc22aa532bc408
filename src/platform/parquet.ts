import type { ResultColumn, Value } from './warehouse.ts';

/** Parquet files on this machine, read and made by whatever engine is here. */
export interface ParquetFiles {
  /** All rows of the files, in their order; exact types, arrays and maps included. */
  read(paths: readonly string[]): Promise<{
    readonly columns: readonly ResultColumn[];
    batches(): AsyncIterable<readonly (readonly Value[])[]>;
  }>;
  /** One Parquet file of a CSV file without a header (empty is NULL, `""` the empty string). Gives the rows written. */
  fromCsv(csvPath: string, columns: readonly ResultColumn[], path: string): Promise<number>;
  /** One Parquet file of several. Gives the rows written. */
  join(paths: readonly string[], path: string): Promise<number>;
}

/**
 * What moves one day from the database into the lake: DuckDB here, Spark on Glue there. The operation
 * decides which days, keeps the ledger and publishes; the engine extracts, transforms, writes and checks.
 * (The room of `dp etl`; its types are filled in with the day's run.)
 */
export interface Engine {
  /** `duckdb` or `spark`; written into every manifest. */
  readonly name: string;
}

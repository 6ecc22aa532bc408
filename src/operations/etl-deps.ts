import type { LakeTable } from '../lake/contract.ts';
import type { Catalog } from '../platform/catalog.ts';
import type { Engine } from '../platform/engine.ts';
import type { Lake } from '../platform/lake.ts';
import type { Clock } from '../std/clock.ts';

/** What every operation on the lake's days needs. */
export interface EtlDeps {
  readonly lake: Lake;
  readonly catalog: Catalog;
  readonly engine: Engine;
  readonly clock: Clock;
  /** The catalog's database of the lake: `local_data_pipeline_sample_lake`. */
  readonly lakeDatabase: string;
  readonly tables: readonly LakeTable[];
}

import { randomBytes } from 'node:crypto';
import type { EngineChoice } from '../platform/engine.ts';
import type { Platform } from '../platform/platform.ts';
import { systemClock } from '../std/clock.ts';
import type { EtlDeps } from './etl-deps.ts';
import { readLakeTables } from './read-lake-tables.ts';

/** What the operations on the lake's days need, from a platform. Reads the tables that ship with dp. */
export async function openEtl(
  platform: Platform,
  { lakeDatabase }: { readonly lakeDatabase: string },
  engine?: EngineChoice,
): Promise<EtlDeps & { readonly random: () => string }> {
  return {
    lake: await platform.lake(),
    catalog: await platform.catalog(),
    engine: await platform.engine(engine),
    clock: systemClock,
    lakeDatabase,
    tables: await readLakeTables(),
    random: () => randomBytes(3).toString('hex'),
  };
}

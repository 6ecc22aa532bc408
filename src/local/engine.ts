import type { Database } from '../platform/database.ts';
import type { Engine } from '../platform/engine.ts';
import { ownerIsGone, thisOwner } from './run-owner.ts';

export interface LocalEngineInput {
  readonly database: Database;
  /** The absolute folder of the lake. */
  readonly lakeFolder: string;
  /** Where DuckDB may spill; made when it is missing. */
  readonly spillFolder: string;
  /** @default 128 */
  readonly memoryMiB?: number;
}

/** What takes DuckDB and the database's driver, and is loaded when it is first asked for. */
export type EngineWork = Omit<Engine, 'name' | 'owner' | 'isGone'>;

/** The daily load on DuckDB, in this process. */
export function openLocalEngine(input: LocalEngineInput): Engine {
  let opened: Promise<EngineWork> | undefined;
  const work = (): Promise<EngineWork> => {
    opened ??= import('./engine-work.ts').then(({ openEngineWork }) => openEngineWork(input));
    return opened;
  };
  return {
    name: 'duckdb',
    owner: thisOwner(),
    isGone: async (owner) => ownerIsGone(owner),
    findDrift: async (tables) => (await work()).findDrift(tables),
    loadDay: async (request, notify) => (await work()).loadDay(request, notify),
    measureSource: async (request) => (await work()).measureSource(request),
    measureLake: async (table, prefix) => (await work()).measureLake(table, prefix),
  };
}

import type { Database } from '../platform/database.ts';
import type { Engine, EngineChoice } from '../platform/engine.ts';
import type { LocalPaths } from './paths.ts';

export interface ChooseEngineDeps {
  readonly paths: LocalPaths;
  readonly database: Database;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
  readonly notify: (text: string) => void;
}

/** DuckDB in this process, or the Glue job's own Spark when it is asked for. */
export async function chooseLocalEngine(
  choice: EngineChoice | undefined,
  deps: ChooseEngineDeps,
): Promise<Engine> {
  const { lake, work, cache } = deps.paths;
  const input = { database: deps.database, lakeFolder: lake, spillFolder: work };
  if (choice?.name !== 'spark') return (await import('./engine.ts')).openLocalEngine(input);
  const { openSpark } = await import('./open-spark.ts');
  const { environmentVariables, notify } = deps;
  return openSpark({ ...input, cache, environmentVariables, choice }, { notify });
}

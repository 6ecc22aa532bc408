import type { AwsClients } from '../../aws/aws-clients.ts';
import type { Settings } from '../../config/settings.ts';
import type { Platform } from '../../platform/platform.ts';
import { systemClock } from '../../std/clock.ts';
import { once } from '../../std/once.ts';
import type { Surroundings } from './surroundings.ts';

interface AwsQueriesInput {
  readonly settings: Settings;
  readonly surroundings: Surroundings;
  readonly clients: () => Promise<AwsClients>;
  readonly disposals: (() => Promise<void>)[];
}

/** Athena, and what it remembers of the queries that ran. */
export function openAwsQueries(input: AwsQueriesInput): Pick<Platform, 'warehouse' | 'history'> {
  const { settings, surroundings } = input;
  const workgroupName = async (): Promise<string> => {
    const { nameOf } = await import('../../config/naming.ts');
    return nameOf({ environment: settings.environment, project: settings.project }, 'workgroup', 'workgroup');
  };
  const athena = once(async () => ({
    clients: await input.clients(),
    workgroup: surroundings.environment.DP_WORKGROUP || (await workgroupName()),
    resultLocation: surroundings.environment.DP_RESULT_LOCATION || undefined,
    now: systemClock.now,
  }));
  const parquet = once(async () => {
    const { openParquetFiles } = await import('../../local/parquet-files.ts');
    const { tmpdir } = await import('node:os');
    const opened = openParquetFiles({ spillFolder: `${tmpdir()}/dp-spill-${process.pid}` });
    input.disposals.push(async () => opened[Symbol.asyncDispose]());
    return opened;
  });
  return {
    warehouse: once(async () => {
      const { openAwsWarehouse } = await import('../../aws/warehouse.ts');
      return openAwsWarehouse({ ...(await athena()), parquet });
    }),
    history: once(async () => {
      const { openAwsQueryHistory } = await import('../../aws/query-history.ts');
      return openAwsQueryHistory(await athena());
    }),
  };
}

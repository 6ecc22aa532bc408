import type { GlueClient } from '@aws-sdk/client-glue';
import type { Catalog, CatalogPartition, CatalogTable, TableName } from '../platform/catalog.ts';
import type { AwsClients } from './aws-clients.ts';
import { nameOf } from './errors.ts';
import { catalogPartition, catalogTable, partitionInput, tableInput } from './glue-tables.ts';

type Ask = <T>(what: string, call: (glue: GlueClient) => Promise<T>) => Promise<T>;

/** The Glue Data Catalog. A switch of a partition is one UpdatePartition call: readers see the old place or the new one. */
export function openAwsCatalog({ clients }: { readonly clients: AwsClients }): Catalog {
  const ask: Ask = (what, call) => clients.call(what, async () => call(await clients.glue()));
  return { ...databaseCalls(ask), ...tableCalls(ask), ...partitionCalls(ask) };
}

function databaseCalls(ask: Ask): Pick<Catalog, 'listDatabases' | 'ensureDatabase'> {
  return {
    listDatabases: () =>
      ask('list the databases of the catalog', async (glue) => {
        const { paginateGetDatabases } = await import('@aws-sdk/client-glue');
        const names: string[] = [];
        for await (const page of paginateGetDatabases({ client: glue }, {})) {
          for (const database of page.DatabaseList ?? []) names.push(database.Name ?? '');
        }
        return names.sort();
      }),
    ensureDatabase: (database) =>
      ask(`create the database ${database}`, async (glue) => {
        const { CreateDatabaseCommand } = await import('@aws-sdk/client-glue');
        await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } })).catch(alreadyThere);
      }),
  };
}

function tableCalls(ask: Ask): Pick<Catalog, 'listTables' | 'findTable' | 'putTable' | 'deleteTable'> {
  return {
    listTables: (database) =>
      ask(`list the tables of ${database}`, async (glue) => {
        const { paginateGetTables } = await import('@aws-sdk/client-glue');
        const tables: CatalogTable[] = [];
        try {
          for await (const page of paginateGetTables({ client: glue }, { DatabaseName: database })) {
            tables.push(...(page.TableList ?? []).map(catalogTable));
          }
        } catch (error) {
          notThere(error);
        }
        return tables.sort((a, b) => (a.name < b.name ? -1 : 1));
      }),
    findTable: (name) => ask(`look up the table ${name.table}`, (glue) => findTable(glue, name)),
    putTable: (table) =>
      ask(`define the table ${table.name}`, async (glue) => {
        const { CreateTableCommand, UpdateTableCommand } = await import('@aws-sdk/client-glue');
        const input = { DatabaseName: table.database, TableInput: tableInput(table) };
        await replaceOrCreate(
          () => glue.send(new UpdateTableCommand(input)),
          () => glue.send(new CreateTableCommand(input)),
        );
      }),
    deleteTable: ({ database, table }) =>
      ask(`delete the table ${table}`, async (glue) => {
        const { DeleteTableCommand } = await import('@aws-sdk/client-glue');
        await glue.send(new DeleteTableCommand({ DatabaseName: database, Name: table })).catch(notThere);
      }),
  };
}

function partitionCalls(
  ask: Ask,
): Pick<Catalog, 'listPartitions' | 'findPartition' | 'switchPartition' | 'deletePartition'> {
  const place = ({ database, table }: TableName) => ({ DatabaseName: database, TableName: table });
  return {
    listPartitions: (name) =>
      ask(`list the partitions of ${name.table}`, async (glue) => {
        const { paginateGetPartitions } = await import('@aws-sdk/client-glue');
        const partitions: CatalogPartition[] = [];
        // Columns would repeat the table's for every partition, by far the most of the answer.
        const request = { ...place(name), ExcludeColumnSchema: true };
        try {
          for await (const page of paginateGetPartitions({ client: glue }, request)) {
            partitions.push(...(page.Partitions ?? []).map(catalogPartition));
          }
        } catch (error) {
          notThere(error);
        }
        return partitions.sort(byValues);
      }),
    findPartition: (name, values) =>
      ask(`look up the partition ${values.join('/')} of ${name.table}`, async (glue) => {
        const { GetPartitionCommand } = await import('@aws-sdk/client-glue');
        const command = new GetPartitionCommand({ ...place(name), PartitionValues: [...values] });
        const answer = await glue.send(command).catch(notThere);
        return answer?.Partition === undefined ? undefined : catalogPartition(answer.Partition);
      }),
    switchPartition: (name, partition) =>
      ask(`switch the partition ${partition.values.join('/')} of ${name.table}`, async (glue) =>
        switchPartition(glue, name, partition),
      ),
    deletePartition: (name, values) =>
      ask(`delete the partition ${values.join('/')} of ${name.table}`, async (glue) => {
        const { DeletePartitionCommand } = await import('@aws-sdk/client-glue');
        const command = new DeletePartitionCommand({ ...place(name), PartitionValues: [...values] });
        await glue.send(command).catch(notThere);
      }),
  };
}

async function findTable(
  glue: GlueClient,
  { database, table }: TableName,
): Promise<CatalogTable | undefined> {
  const { GetTableCommand } = await import('@aws-sdk/client-glue');
  const answer = await glue
    .send(new GetTableCommand({ DatabaseName: database, Name: table }))
    .catch(notThere);
  return answer?.Table === undefined ? undefined : catalogTable({ DatabaseName: database, ...answer.Table });
}

async function switchPartition(
  glue: GlueClient,
  name: TableName,
  partition: CatalogPartition,
): Promise<void> {
  const { CreatePartitionCommand, GetTableCommand, UpdatePartitionCommand } = await import(
    '@aws-sdk/client-glue'
  );
  const { Table: found } = await glue.send(
    new GetTableCommand({ DatabaseName: name.database, Name: name.table }),
  );
  const input = partitionInput(catalogTable(found ?? { Name: name.table }), partition);
  const place = { DatabaseName: name.database, TableName: name.table, PartitionInput: input };
  await replaceOrCreate(
    () => glue.send(new UpdatePartitionCommand({ ...place, PartitionValueList: [...partition.values] })),
    () => glue.send(new CreatePartitionCommand(place)),
  );
}

/** Replaces; creates what is not there; and replaces after all when somebody else created it in between. */
async function replaceOrCreate(
  replace: () => Promise<unknown>,
  create: () => Promise<unknown>,
): Promise<void> {
  try {
    await replace();
  } catch (error) {
    notThere(error);
    try {
      await create();
    } catch (race) {
      alreadyThere(race);
      await replace();
    }
  }
}

function byValues(a: CatalogPartition, b: CatalogPartition): number {
  const [left, right] = [a.values.join('\u0000'), b.values.join('\u0000')];
  return left < right ? -1 : left > right ? 1 : 0;
}

function notThere(error: unknown): undefined {
  if (nameOf(error) === 'EntityNotFoundException') return undefined;
  throw error;
}

function alreadyThere(error: unknown): undefined {
  if (nameOf(error) === 'AlreadyExistsException') return undefined;
  throw error;
}

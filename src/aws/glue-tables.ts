import type {
  Column,
  Partition,
  PartitionInput,
  StorageDescriptor,
  Table,
  TableInput,
} from '@aws-sdk/client-glue';
import type { CatalogColumn, CatalogPartition, CatalogTable } from '../platform/catalog.ts';

/** What Hive calls the classes that read and write each format; Athena and Spark go by these names. */
const FORMATS = {
  parquet: {
    InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
    SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
  },
  csv: {
    InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
    OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
    SerdeInfo: {
      SerializationLibrary: 'org.apache.hadoop.hive.serde2.OpenCSVSerde',
      Parameters: { separatorChar: ',', quoteChar: '"', escapeChar: '"' },
    },
  },
} as const;

/** Parameters that say what the definition says already; added on the way in, taken off on the way out. */
function formatParameters(format: CatalogTable['format']): Record<string, string> {
  return {
    EXTERNAL: 'TRUE',
    ...(format === 'csv' ? { 'skip.header.line.count': '1' } : {}),
  };
}

export function tableInput(table: CatalogTable): TableInput {
  return {
    Name: table.name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: { ...table.parameters, ...formatParameters(table.format) },
    PartitionKeys: table.partitionKeys.map(glueColumn),
    StorageDescriptor: storageOf(table, table.location),
    ...(table.description === undefined ? {} : { Description: table.description }),
  };
}

/** A partition carries the format and columns of its table, and its own place. */
export function partitionInput(table: CatalogTable, partition: CatalogPartition): PartitionInput {
  return {
    Values: [...partition.values],
    Parameters: { ...partition.parameters },
    StorageDescriptor: storageOf(table, partition.location),
  };
}

export function catalogTable(table: Table): CatalogTable {
  const storage = table.StorageDescriptor ?? {};
  const format = formatOf(table);
  const own = new Set(Object.keys(formatParameters(format)));
  return {
    database: table.DatabaseName ?? '',
    name: table.Name ?? '',
    columns: (storage.Columns ?? []).map(catalogColumn),
    partitionKeys: (table.PartitionKeys ?? []).map(catalogColumn),
    format,
    location: storage.Location ?? '',
    parameters: Object.fromEntries(Object.entries(table.Parameters ?? {}).filter(([name]) => !own.has(name))),
    ...(table.Description === undefined || table.Description === ''
      ? {}
      : { description: table.Description }),
  };
}

export function catalogPartition(partition: Partition): CatalogPartition {
  return {
    values: partition.Values ?? [],
    location: partition.StorageDescriptor?.Location ?? '',
    parameters: partition.Parameters ?? {},
  };
}

function storageOf(table: CatalogTable, location: string): StorageDescriptor {
  return { ...FORMATS[table.format], Columns: table.columns.map(glueColumn), Location: location };
}

function glueColumn({ name, type, comment }: CatalogColumn): Column {
  return { Name: name, Type: type, ...(comment === undefined ? {} : { Comment: comment }) };
}

function catalogColumn({ Name: name = '', Type: type = '', Comment: comment }: Column): CatalogColumn {
  return { name, type, ...(comment === undefined || comment === '' ? {} : { comment }) };
}

function formatOf({ Parameters: parameters, StorageDescriptor: storage }: Table): CatalogTable['format'] {
  const said = storage?.InputFormat ?? parameters?.classification ?? '';
  return /csv|TextInputFormat/.test(said) ? 'csv' : 'parquet';
}

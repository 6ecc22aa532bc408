import type { Expression, Identifier, Query } from './tree.ts';

/** A statement of any kind, as parsed. */

export type TableReference = readonly Identifier[];

export type Statement =
  | { readonly kind: 'query'; readonly query: Query }
  | {
      readonly kind: 'explain';
      readonly analyze: boolean;
      readonly options: Readonly<Record<string, string>>;
      readonly statement: Statement;
      readonly sql: string;
    }
  | { readonly kind: 'showDatabases'; readonly pattern?: string; readonly like: boolean }
  | {
      readonly kind: 'showTables' | 'showViews';
      readonly database?: Identifier;
      readonly pattern?: string;
      readonly like: boolean;
    }
  | { readonly kind: 'showColumns'; readonly table: TableReference }
  | { readonly kind: 'showPartitions'; readonly table: TableReference }
  | {
      readonly kind: 'showCreateTable' | 'showCreateView' | 'showTableProperties';
      readonly table: TableReference;
    }
  | { readonly kind: 'describe'; readonly table: TableReference }
  | { readonly kind: 'showFunctions' }
  | {
      readonly kind: 'prepare';
      readonly name: Identifier;
      readonly sql: string;
      readonly statement: Statement;
    }
  | { readonly kind: 'execute'; readonly name: Identifier; readonly parameters: readonly Expression[] }
  | { readonly kind: 'deallocate'; readonly name: Identifier }
  | {
      readonly kind: 'createView';
      readonly name: TableReference;
      readonly replace: boolean;
      readonly query: Query;
      readonly sql: string;
    }
  | { readonly kind: 'dropView'; readonly name: TableReference; readonly ifExists: boolean }
  | {
      readonly kind: 'createDatabase';
      readonly name: Identifier;
      readonly ifNotExists: boolean;
      readonly location?: string;
      readonly comment?: string;
    }
  | {
      readonly kind: 'dropDatabase';
      readonly name: Identifier;
      readonly ifExists: boolean;
      readonly cascade: boolean;
    }
  | CreateExternalTable
  | {
      readonly kind: 'createTableAs';
      readonly name: TableReference;
      readonly ifNotExists: boolean;
      readonly properties: readonly Property[];
      readonly withData: boolean;
      readonly query: Query;
    }
  | { readonly kind: 'repairTable'; readonly name: TableReference }
  | {
      readonly kind: 'addPartitions';
      readonly name: TableReference;
      readonly ifNotExists: boolean;
      readonly partitions: readonly { readonly spec: PartitionSpec; readonly location?: string }[];
    }
  | {
      readonly kind: 'dropPartitions';
      readonly name: TableReference;
      readonly ifExists: boolean;
      readonly partitions: readonly PartitionSpec[];
    }
  | { readonly kind: 'dropTable'; readonly name: TableReference; readonly ifExists: boolean }
  | {
      readonly kind: 'insert';
      readonly name: TableReference;
      readonly columns?: readonly Identifier[];
      readonly query: Query;
    }
  | {
      readonly kind: 'unload';
      readonly query: Query;
      readonly location: string;
      readonly properties: readonly Property[];
    };

export interface Property {
  readonly name: string;
  readonly value: Expression;
  readonly at: number;
}

export type PartitionSpec = readonly { readonly key: Identifier; readonly value: string }[];

export interface HiveColumn {
  readonly name: string;
  /** Hive's word. */
  readonly type: string;
  readonly comment?: string;
}

export interface CreateExternalTable {
  readonly kind: 'createExternalTable';
  readonly name: TableReference;
  readonly ifNotExists: boolean;
  readonly columns: readonly HiveColumn[];
  readonly partitionedBy: readonly HiveColumn[];
  readonly comment?: string;
  readonly format: string;
  readonly delimiter?: string;
  readonly location?: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly at: number;
}

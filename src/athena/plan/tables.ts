import type { Type } from '../types/type.ts';

export interface TableColumn {
  /** In lower case. */
  readonly name: string;
  readonly type: Type;
  /** Reached by name only: `$path`. */
  readonly hidden?: boolean;
  readonly partition?: boolean;
  readonly comment?: string;
}

/** A table or view as the planner sees it. */
export interface KnownTable {
  readonly database: string;
  readonly name: string;
  readonly columns: readonly TableColumn[];
  /** For a view: the query it stands for. */
  readonly viewSql?: string;
  /** What stands in FROM for it; else the quoted names of its database and itself. */
  readonly relationSql?: string;
}

/** Finds tables by their lower-case names. */
export interface Tables {
  find(database: string, name: string): KnownTable | undefined;
}

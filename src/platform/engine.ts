import type { DayWindow } from '../etl/business-day.ts';
import type { RunOwner } from '../etl/day-lock.ts';
import type { ManifestCheck, ManifestFile, Measure } from '../etl/manifest.ts';
import type { LakeTable } from '../lake/contract.ts';

export interface LoadDayRequest {
  readonly date: string;
  readonly runId: string;
  readonly window: DayWindow;
  /** All tables of the lake; each has its rows under its own name when checks run. */
  readonly tables: readonly LakeTable[];
  /** Aborting stops the work in the database and in the engine. */
  readonly signal?: AbortSignal;
}

/** What the engine says while it works. `rows` are the source's for `extracted`, the table's for the rest. */
export interface EngineEvent {
  readonly step: 'extracted' | 'written' | 'measured' | 'checked';
  readonly table: string;
  readonly rows: number;
}

export interface CheckResult extends ManifestCheck {
  readonly says: string;
  /** The first bad rows, as JSON texts; enough to find them, few enough to print. */
  readonly examples: readonly string[];
}

export interface LoadedTable {
  readonly table: string;
  /** The lake key prefix of the files, ending in `/`. Nothing else lies below it. */
  readonly prefix: string;
  readonly files: readonly ManifestFile[];
  readonly source: Measure;
  readonly lake: Measure;
  readonly checks: readonly CheckResult[];
}

export interface LoadedDay {
  /** By the database's clock, UTC, `YYYY-MM-DD HH:MM:SS.ffffff`. */
  readonly snapshotAt: string;
  readonly tables: readonly LoadedTable[];
}

/** How the source differs from what the contracts ask for. */
export interface SourceDrift {
  /** Columns or tables that are missing or have another type: sentences. Nothing can be loaded. */
  readonly broken: readonly string[];
  /** Columns nobody asked for: sentences. They are left out. */
  readonly extra: readonly string[];
}

export interface MeasureRequest {
  /** All tables of the lake. */
  readonly tables: readonly LakeTable[];
  readonly days: readonly { readonly date: string; readonly window: DayWindow }[];
  readonly signal?: AbortSignal;
}

/** What the source holds for one day just now, by table. */
export interface MeasuredDay {
  readonly date: string;
  readonly measures: Readonly<Record<string, Measure>>;
}

/** Which engine, and what it may do to be there. */
export interface EngineChoice {
  readonly name: 'duckdb' | 'spark';
  /** Connections that read the database side by side. @default 1: one statement, one snapshot */
  readonly readers?: number;
  /** Asks the operator before something is set up on this machine; throws when the answer is no. */
  readonly agree: (what: string) => Promise<void>;
  readonly signal?: AbortSignal;
}

/**
 * What moves one day from the database into the lake: DuckDB here, Spark on Glue there. The operation decides
 * which days, keeps the ledger and publishes; the engine extracts from one consistent snapshot, transforms,
 * writes below the run's own prefix, reads it again and checks. It never touches what is published.
 */
export interface Engine {
  /** `duckdb` or `spark`; written into every manifest. */
  readonly name: string;
  /** Who runs here. */
  readonly owner: RunOwner;
  /** Whether that owner has ended; undefined when it cannot be told from here. */
  isGone(owner: RunOwner): Promise<boolean | undefined>;
  /** Compares the source's columns with the contracts'. Writes nothing. */
  findDrift(tables: readonly LakeTable[]): Promise<SourceDrift>;
  loadDay(request: LoadDayRequest, notify: (event: EngineEvent) => void): Promise<LoadedDay>;
  /** Measures the source per day, in one snapshot. Tables that are snapshots of all rows, or made with one, are left out. */
  measureSource(request: MeasureRequest): Promise<MeasuredDay[]>;
  /** Measures files of the lake again. `prefix` is a lake key prefix. */
  measureLake(table: LakeTable, prefix: string): Promise<Measure>;
}

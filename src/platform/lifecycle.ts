import type { StackPlan } from './stacks.ts';

/** Brings an environment into being, and ends it. */

export interface DeployRequest {
  /** Orders the generator makes when the shop is empty; 0 leaves it empty. */
  readonly orders: number;
  /** Days of history the generator spreads them over. */
  readonly days: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  /** Only these life cycles of the platform (`network`, `api`). Default: all. AWS only. */
  readonly stacks?: readonly string[];
  /** Asked once, before anything that costs or is lost is changed; without it such a deploy is refused. */
  readonly approve?: ApproveDeploy;
}

/** What a deploy is about to do, for the operator to agree to. AWS only: locally nothing costs or is lost. */
export interface DeployProposal {
  readonly environment: string;
  readonly plans: readonly StackPlan[];
  /** Names of databases and buckets that would be replaced or removed with what is in them. */
  readonly losing: readonly string[];
}

/** Asks the operator; throws when the answer is no. */
export type ApproveDeploy = (proposal: DeployProposal) => Promise<void>;

/** A step starts, ends, has something to say, or has come so far. */
export interface LifecycleEvent {
  readonly step: string;
  readonly state: 'started' | 'done' | 'unchanged' | 'note' | 'progress';
  readonly message: string;
  /** How far the step has come, where that can be told. */
  readonly progress?: StepProgress;
}

export interface StepProgress {
  readonly done: number;
  readonly total: number;
  /** What is counted: `orders`. */
  readonly what: string;
}

export interface DeployResult {
  readonly changed: boolean;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface SeedRequest {
  readonly orders: number;
  readonly days: number;
  readonly seed: number;
  /** Last JST day of the shop, `2026-11-22`. Default: yesterday. */
  readonly lastDay?: string;
  /** Replace a shop that is there already. */
  readonly replace: boolean;
  readonly signal?: AbortSignal;
}

export interface SeedResult {
  readonly changed: boolean;
  /** Rows loaded, by table. */
  readonly rows: Readonly<Record<string, number>>;
}

export interface MigrateResult {
  /** Files applied by this call, in order. */
  readonly applied: readonly string[];
  readonly total: number;
}

export interface Lifecycle {
  isDeployed(): Promise<boolean>;
  deploy(request: DeployRequest, notify: (event: LifecycleEvent) => void): Promise<DeployResult>;
  /** Creates the database users that are missing. Gives what was done or found, in words. */
  initializeUsers(): Promise<string[]>;
  /** Applies the migrations that the database lacks. */
  migrate(): Promise<MigrateResult>;
  /** Fills the shop with generated rows: the same for the same request, at any size. */
  seed(request: SeedRequest, notify: (event: LifecycleEvent) => void): Promise<SeedResult>;
  /** Stops and deletes everything of the environment. */
  destroy(notify: (event: LifecycleEvent) => void): Promise<void>;
}

/** Brings an environment into being, and ends it. */

export interface DeployRequest {
  /** Orders the generator makes when the shop is empty; 0 leaves it empty. */
  readonly orders: number;
  /** Days of history the generator spreads them over. */
  readonly days: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** One line of progress: a step starts, ends, or has something to say. */
export interface LifecycleEvent {
  readonly step: string;
  readonly state: 'started' | 'done' | 'unchanged' | 'note';
  readonly message: string;
}

export interface DeployResult {
  readonly changed: boolean;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface Lifecycle {
  isDeployed(): Promise<boolean>;
  deploy(request: DeployRequest, notify: (event: LifecycleEvent) => void): Promise<DeployResult>;
  /** Stops and deletes everything of the environment. */
  destroy(notify: (event: LifecycleEvent) => void): Promise<void>;
}

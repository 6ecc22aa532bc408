import type { BackoffLimits } from '../std/backoff.ts';

/** The jobs that load days, and their runs: AWS Glue's, or processes of this machine. */

export type JobRunState =
  | 'waiting'
  | 'starting'
  | 'running'
  | 'stopping'
  | 'succeeded'
  | 'stopped'
  | 'failed'
  | 'timed-out';

/** States in which a run may still change the lake. */
export const LIVE_RUN_STATES: readonly JobRunState[] = ['waiting', 'starting', 'running', 'stopping'];

export interface Job {
  readonly name: string;
  readonly description: string | null;
  readonly glueVersion: string | null;
  readonly workerType: string | null;
  readonly workers: number | null;
  readonly runsAtOnceMax: number;
  readonly timeoutMinutes: number | null;
  /** Without secrets: Glue keeps none of ours there. */
  readonly arguments: Readonly<Record<string, string>>;
}

export interface JobRun {
  readonly id: string;
  readonly job: string;
  readonly state: JobRunState;
  /** ISO 8601, UTC. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Of execution, without the start; null while unknown. */
  readonly seconds: number | null;
  readonly dpuSeconds: number | null;
  readonly arguments: Readonly<Record<string, string>>;
  /** The service's words when the run failed. */
  readonly error: string | null;
}

export interface LogLine {
  /** Milliseconds since the epoch; null for a line that does not say when it was written. */
  readonly atMs: number | null;
  readonly text: string;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Where the next page begins; give it back to get only what is new. */
  readonly next: string | null;
}

export interface StartRun {
  readonly job: string;
  readonly arguments: Readonly<Record<string, string>>;
  /** An argument whose value no other run has: a start whose answer was lost is found again by it. */
  readonly marker: string;
}

export interface Jobs {
  /** The name of the job that loads a day. */
  readonly daily: string;
  /** How often a run may be looked at: a look is a call that AWS counts, or a few files here. */
  readonly polling: BackoffLimits;
  /** What a worker's hour costs in US dollars, per DPU; null where runs cost nothing. */
  readonly usdPerDpuHour: number | null;
  /** Whether a run writes what it changed into the journal itself; else whoever starts it does. */
  readonly journaled: boolean;
  list(): Promise<Job[]>;
  find(name: string): Promise<Job | undefined>;
  /** Starts one run, once, and gives its id; `full` when as many run as the job allows. */
  start(request: StartRun): Promise<string | 'full'>;
  /** Undefined when the run is not known (any more). */
  run(job: string, id: string): Promise<JobRun | undefined>;
  /** Newest first. */
  history(job: string, runsMax: number): Promise<JobRun[]>;
  /** Asks for the end of runs; gives the ids that could not be asked. */
  stop(job: string, ids: readonly string[]): Promise<string[]>;
  logs(run: { readonly job: string; readonly id: string; readonly next: string | null }): Promise<LogPage>;
}

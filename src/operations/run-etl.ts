import { assertDayOver, listDays } from '../etl/business-day.ts';
import type { DayRecord, DayState } from '../etl/ledger.ts';
import type { EngineEvent } from '../platform/engine.ts';
import { eachOf } from '../std/each-of.ts';
import { Failure, type FailureKind } from '../std/failure.ts';
import type { EtlDeps } from './etl-deps.ts';
import { sourceDrifted } from './etl-errors.ts';
import { loadOneDay, type RunStep } from './load-one-day.ts';
import { readLedger } from './read-ledger.ts';

export interface RunEtlInput {
  readonly from: string;
  readonly to: string;
  /** Days in these states only. Default: every day of the range. */
  readonly only?: readonly DayState[];
  /** Days at a time; each has its own snapshot, memory and lock. */
  readonly concurrency: number;
  /** Plan, and stop there. */
  readonly dryRun: boolean;
  /** Publish days whose error checks fail. Days that differ from the database are never published. */
  readonly force: boolean;
  /** The id under which a range of one day is loaded. Default: one made of the moment. */
  readonly runId?: string;
}

export interface PlannedDay {
  readonly date: string;
  readonly state: DayState;
  readonly action: 'run' | 'skip';
  readonly reason: string;
}

export interface FinishedDay {
  readonly date: string;
  readonly state: DayState;
  readonly runId: string | null;
  /** The run readers saw before this one, when there was one. */
  readonly previousRunId?: string;
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly checksum: string }>>;
  readonly error?: { readonly code: string; readonly message: string; readonly nextSteps: readonly string[] };
}

export type EtlEvent =
  | { readonly event: 'plan'; readonly days: readonly PlannedDay[] }
  | { readonly event: 'warning'; readonly date?: string; readonly message: string }
  | { readonly event: 'day-started'; readonly date: string; readonly runId: string }
  | ({ readonly event: EngineEvent['step']; readonly date: string } & Omit<EngineEvent, 'step'>)
  | { readonly event: 'published'; readonly date: string; readonly table: string; readonly rows: number }
  | ({ readonly event: 'day-finished' } & FinishedDay)
  | { readonly event: 'summary'; readonly days: readonly FinishedDay[] };

export interface RunEtlDeps extends EtlDeps {
  readonly notify: (event: EtlEvent) => void;
  readonly signal?: AbortSignal;
  /** Six or more hex digits, new each time. */
  readonly random: () => string;
  /** Called after each step of a day has taken effect; tests end the process there. */
  readonly afterStep?: (step: RunStep, date: string) => void;
}

export interface RunEtlResult {
  readonly plan: readonly PlannedDay[];
  readonly days: readonly FinishedDay[];
  /** How the command ends: `partial` when some days failed and others did not. */
  readonly end: 'ok' | FailureKind;
}

/**
 * Loads the days of a range, after saying which and why. A day that fails does not stop the others. Throws a
 * Failure, before anything is written, for days that are not over and for a source the contracts cannot read.
 */
export async function runEtl(input: RunEtlInput, deps: RunEtlDeps): Promise<RunEtlResult> {
  const dates = listDays(input);
  for (const date of dates) assertDayOver(date, deps.clock.now());
  const plan = (await readLedger(dates, deps)).map((record) => planDay(record, input.only));
  deps.notify({ event: 'plan', days: plan });
  const toRun = plan.filter((day) => day.action === 'run').map((day) => day.date);
  if (input.dryRun || toRun.length === 0) return finish({ plan, days: [], failures: [] }, deps);

  const drift = await deps.engine.findDrift(deps.tables);
  if (drift.broken.length > 0) throw sourceDrifted(drift.broken);
  for (const message of drift.extra) deps.notify({ event: 'warning', message });

  const failures: unknown[] = [];
  const ended = await eachOf(toRun, input.concurrency, async (date) => {
    // Days that have begun are told before the command ends; the others do not begin.
    if (deps.signal?.aborted === true) return undefined;
    const { day, failure } = await loadOneDay(
      { date, force: input.force, warnings: drift.extra, runId: input.runId },
      deps,
    );
    if (failure !== undefined) failures.push(failure);
    deps.notify({ event: 'day-finished', ...day });
    return day;
  });
  deps.signal?.throwIfAborted();
  const days = ended.filter((day) => day !== undefined);
  return finish({ plan, days, failures }, deps);
}

const REASONS: Readonly<Record<DayState, string>> = {
  missing: 'never loaded',
  running: 'another run is working on it',
  failed: 'the last run failed',
  stale: 'the database has changed since',
  loaded: 'loaded before, asked for again',
  verified: 'verified before, asked for again',
};

/** Whether a day is to be loaded, and why. */
export function planDay(record: DayRecord, only: readonly DayState[] | undefined): PlannedDay {
  const { date, state } = record;
  if (only !== undefined && !only.includes(state)) {
    return {
      date,
      state,
      action: 'skip',
      reason: `it is ${state}, and only ${only.join(', ')} was asked for`,
    };
  }
  const why = state === 'failed' && record.error !== null ? `: ${record.error}` : '';
  return { date, state, action: 'run', reason: `${REASONS[state]}${why}` };
}

function finish(
  done: {
    readonly plan: readonly PlannedDay[];
    readonly days: readonly FinishedDay[];
    readonly failures: readonly unknown[];
  },
  deps: RunEtlDeps,
): RunEtlResult {
  const { plan, days, failures } = done;
  deps.notify({ event: 'summary', days });
  if (failures.length === 0) return { plan, days, end: 'ok' };
  if (failures.length < days.length) return { plan, days, end: 'partial' };
  const kinds = new Set(failures.map((failure) => (failure instanceof Failure ? failure.kind : 'failed')));
  const [kind = 'failed'] = kinds;
  return { plan, days, end: kinds.size === 1 ? kind : 'failed' };
}

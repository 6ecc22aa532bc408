import type { Inverse } from '../platform/journal.ts';
import type { RotationResult } from '../platform/secrets.ts';
import type { ReconcileResult } from './reconcile.ts';
import type { ChangeOutcome } from './record-change.ts';
import type { RollbackDayResult } from './rollback-day.ts';
import type { FinishedDay } from './run-etl.ts';
import type { RunJobDaysResult } from './run-job-days.ts';

/** What loading days did: a day that had rows before can be pointed back at them. */
export function loadedDays(days: readonly FinishedDay[]): ChangeOutcome {
  const loaded = days.filter(({ state, runId }) => state === 'verified' && runId !== null);
  const inverses = loaded.flatMap(({ date, runId, previousRunId }): Inverse[] =>
    runId === null || previousRunId === undefined
      ? []
      : [{ kind: 'roll-back-day', date, fromRunId: runId, toRunId: previousRunId }],
  );
  return {
    changed: days.length > 0,
    // A run that failed has made nothing.
    ids: Object.fromEntries(
      days.map(({ date, runId, state }) => [date, state === 'verified' && runId !== null ? runId : state]),
    ),
    inverses,
  };
}

/** The same by the job; of what goes on only the run is known. */
export function daysByJob({ days, started }: Pick<RunJobDaysResult, 'days' | 'started'>): ChangeOutcome {
  const ended = loadedDays(days);
  const ids = { ...started, ...ended.ids };
  return { changed: Object.keys(ids).length > 0, ids, inverses: ended.inverses ?? [] };
}

export function rolledBackDay({ date, fromRunId, toRunId }: RollbackDayResult): ChangeOutcome {
  return {
    changed: true,
    ids: { [date]: toRunId },
    inverses: [{ kind: 'roll-back-day', date, fromRunId: toRunId, toRunId: fromRunId }],
  };
}

export function rotatedSecrets({ rotated }: { readonly rotated: readonly RotationResult[] }): ChangeOutcome {
  return {
    changed: rotated.length > 0,
    ids: Object.fromEntries(rotated.map(({ secret, toVersion }) => [secret, toVersion])),
    inverses: rotated.map(({ secret, toVersion }) => ({
      kind: 'roll-back-secret',
      name: secret,
      fromVersion: toVersion,
    })),
  };
}

export function scheduledSecret(secret: {
  readonly name: string;
  readonly everyDays: number | null;
  readonly before: number | null;
}): ChangeOutcome {
  const { name, everyDays: fromDays, before: toDays } = secret;
  return {
    changed: fromDays !== toDays,
    ids: { [name]: fromDays === null ? 'off' : `${fromDays}d` },
    inverses: [{ kind: 'schedule-secret', name, fromDays, toDays }],
  };
}

/** Healed days: the run is known, the one before it is what the day's own manifest says. */
export function healedDays({ days }: ReconcileResult): ChangeOutcome {
  const healed = days.filter(({ result }) => result === 'healed');
  return {
    changed: days.some(({ result }) => result === 'healed' || result === 'failed'),
    ids: Object.fromEntries(healed.map(({ date, runId }) => [date, runId ?? ''])),
    inverses: healed.flatMap(({ date, runId }): Inverse[] =>
      runId === null ? [] : [{ kind: 'roll-back-day', date, fromRunId: runId }],
    ),
  };
}

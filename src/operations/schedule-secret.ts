import type { Secrets } from '../platform/secrets.ts';
import type { Clock } from '../std/clock.ts';
import { Failure } from '../std/failure.ts';
import { type ListedSecret, withAge } from './list-secrets.ts';

/** What Secrets Manager takes; the same everywhere, so that an interval that works here works there. */
const EVERY_DAYS_MAX = 1000;

export interface ScheduleSecretInput {
  readonly name: string;
  /** `keep` only looks; null takes the interval away. */
  readonly everyDays: number | null | 'keep';
}

/** Shows how often a secret is rotated, or changes it. `before` is the interval there was. */
export async function scheduleSecret(
  { name, everyDays }: ScheduleSecretInput,
  deps: { readonly secrets: Secrets; readonly clock: Clock },
): Promise<ListedSecret & { readonly before: number | null }> {
  const found = await deps.secrets.describe(name);
  const before = found.everyDays;
  const now = everyDays === 'keep' ? found : await deps.secrets.schedule({ name, everyDays });
  return { ...withAge(now, deps.clock.now()), before };
}

/** `30d` or `4w` in days. Throws a usage Failure for anything else. */
export function daysOfInterval(text: string): number {
  const [, count, unit] = /^(\d{1,4})(d|w)$/.exec(text) ?? [];
  const days = Number(count) * (unit === 'w' ? 7 : 1);
  if (count !== undefined && days >= 1 && days <= EVERY_DAYS_MAX) return days;
  throw new Failure({
    code: 'bad-interval',
    kind: 'usage',
    message: `\`${text}\` is no interval: days or weeks are wanted, from 1d to ${EVERY_DAYS_MAX}d.`,
    nextSteps: ['--every 30d', '--every 4w'],
    docs: 'docs/secrets.md',
  });
}

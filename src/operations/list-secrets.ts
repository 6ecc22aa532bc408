import type { SecretDescription, Secrets } from '../platform/secrets.ts';
import type { Clock } from '../std/clock.ts';

const DAY_MS = 86_400_000;

export interface ListedSecret extends SecretDescription {
  /** Whole days since the current value became current. Null where that is not known. */
  readonly ageDays: number | null;
  /** The time of its next rotation is over. */
  readonly isDue: boolean;
}

/** Every secret of the environment with its age. No value is read out. */
export async function listSecrets(
  _input: object,
  deps: { readonly secrets: Secrets; readonly clock: Clock },
): Promise<{ secrets: ListedSecret[] }> {
  const secrets = await deps.secrets.list();
  return { secrets: secrets.map((secret) => withAge(secret, deps.clock.now())) };
}

export function withAge(secret: SecretDescription, nowMs: number): ListedSecret {
  const { changedAt, nextRotationAt } = secret;
  const ageDays = changedAt === null ? null : Math.floor(Math.max(0, nowMs - Date.parse(changedAt)) / DAY_MS);
  return { ...secret, ageDays, isDue: nextRotationAt !== null && Date.parse(nextRotationAt) <= nowMs };
}

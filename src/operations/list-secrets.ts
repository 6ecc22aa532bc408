import type { SecretDescription, Secrets } from '../platform/secrets.ts';
import type { Clock } from '../std/clock.ts';

const DAY_MS = 86_400_000;

export interface ListedSecret extends SecretDescription {
  /** Whole days since the current value became current. */
  readonly ageDays: number;
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
  const ageMs = Math.max(0, nowMs - Date.parse(secret.changedAt));
  return { ...secret, ageDays: Math.floor(ageMs / DAY_MS) };
}

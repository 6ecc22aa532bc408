import type { Secrets, SecretValue } from '../platform/secrets.ts';
import type { Clock } from '../std/clock.ts';
import { type ListedSecret, withAge } from './list-secrets.ts';

export interface ShowSecretInput {
  readonly name: string;
  /** What is to be done with the value. `hide` does not even read it. */
  readonly value: 'hide' | 'reveal' | 'hand-on';
}

export interface ShowSecretDeps {
  readonly secrets: Secrets;
  readonly clock: Clock;
  /** Asks the operator before a value is shown; throws when the answer is no. */
  readonly confirm: () => Promise<void>;
  /** Takes the value without showing it. */
  readonly handOn: (value: SecretValue) => Promise<void>;
}

/** Shows what a secret is; its value only to an operator who agreed, or hands the value on unseen. */
export async function showSecret(
  { name, value }: ShowSecretInput,
  deps: ShowSecretDeps,
): Promise<ListedSecret & { readonly password?: string }> {
  const shown = withAge(await deps.secrets.describe(name), deps.clock.now());
  if (value === 'hide') return shown;
  if (value === 'hand-on') {
    await deps.handOn(await deps.secrets.reveal(name));
    return shown;
  }
  await deps.confirm();
  const { password } = await deps.secrets.reveal(name);
  return { ...shown, password };
}

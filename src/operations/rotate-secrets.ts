import type { RotationEvent, RotationResult, Secrets } from '../platform/secrets.ts';

export interface RotateSecretsInput {
  /** Undefined rotates every secret. */
  readonly name: string | undefined;
  readonly to: 'new' | 'previous';
  readonly signal?: AbortSignal;
}

/** Rotates one secret, or all that dp may, one after the other. The first that fails ends it; those before it stay rotated. */
export async function rotateSecrets(
  input: RotateSecretsInput,
  deps: { readonly secrets: Secrets; readonly notify: (event: RotationEvent) => void },
): Promise<{ rotated: RotationResult[] }> {
  const { to, signal } = input;
  const names = input.name === undefined ? await rotatable(deps.secrets) : [input.name];
  const rotated: RotationResult[] = [];
  for (const name of names) {
    const request = signal === undefined ? { name, to } : { name, to, signal };
    rotated.push(await deps.secrets.rotate(request, deps.notify));
  }
  return { rotated };
}

/** Not what RDS rotates, nor who has no password. */
async function rotatable(secrets: Secrets): Promise<string[]> {
  const found = await secrets.list();
  return found
    .filter(({ rotatedBy }) => rotatedBy === 'operator' || rotatedBy === 'secrets-manager')
    .map(({ name }) => name);
}

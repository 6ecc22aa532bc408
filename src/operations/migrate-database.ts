import type { Lifecycle, MigrateResult } from '../platform/lifecycle.ts';

/** Brings the shop's schema up to date. */
export async function migrateDatabase(
  _input: object,
  deps: { readonly lifecycle: Lifecycle },
): Promise<MigrateResult> {
  return deps.lifecycle.migrate();
}

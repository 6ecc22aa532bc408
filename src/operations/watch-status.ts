import { pause } from '../std/deadline.ts';
import type { PlatformStatus } from './platform-status.ts';

const LOOK_EVERY_MS = 2_000;

/** Looks again and again, and gives every status that differs from the one before. Ends by the signal only. */
export async function watchStatus(
  { signal }: { readonly signal: AbortSignal },
  deps: {
    readonly look: () => Promise<PlatformStatus>;
    readonly changed: (status: PlatformStatus) => Promise<void>;
  },
): Promise<never> {
  let shown = '';
  for (;;) {
    signal.throwIfAborted();
    const status = await deps.look();
    const now = JSON.stringify(status);
    if (now !== shown) await deps.changed(status);
    shown = now;
    await pause(LOOK_EVERY_MS, signal);
  }
}

import { pause } from '../std/deadline.ts';
import { passesByItself } from '../std/failure.ts';
import type { PlatformStatus } from './platform-status.ts';

const LOCAL_MS = 2_000;
/** On AWS a look is some twenty calls. */
const AWS_MS = 15_000;

/** How often to look at an environment, in milliseconds. */
export function lookEveryMs(kind: 'local' | 'aws'): number {
  return kind === 'local' ? LOCAL_MS : AWS_MS;
}

/** Looks again and again, and gives every status that differs from the one before. Waits out a network that is away. Ends by the signal only. */
export async function watchStatus(
  { signal, everyMs }: { readonly signal: AbortSignal; readonly everyMs: number },
  deps: {
    readonly look: () => Promise<PlatformStatus>;
    readonly changed: (status: PlatformStatus) => Promise<void>;
    readonly notify: (text: string) => void;
  },
): Promise<never> {
  let shown = '';
  let trouble = '';
  for (;;) {
    signal.throwIfAborted();
    try {
      const status = await deps.look();
      const now = JSON.stringify(status);
      if (now !== shown) await deps.changed(status);
      shown = now;
      trouble = '';
    } catch (error) {
      if (!passesByItself(error)) throw error;
      if (error.message !== trouble) deps.notify(`${error.message} Looking again.`);
      trouble = error.message;
    }
    await pause(everyMs, signal);
  }
}

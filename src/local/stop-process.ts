import { until } from '../std/deadline.ts';
import { processIdentity } from './processes.ts';

const KILL_TIMEOUT_MS = 5_000;
const LOOK_EVERY_MS = 10;

/** Ends a process: politely, then by force. False when it is still there after both. */
export async function stopProcess(pid: number, politelyMs: number): Promise<boolean> {
  const identity = await processIdentity(pid);
  const hasEnded = async () => (await processIdentity(pid)) !== identity || undefined;
  const attempts = [
    { signal: 'SIGTERM', timeoutMs: politelyMs },
    { signal: 'SIGKILL', timeoutMs: KILL_TIMEOUT_MS },
  ] as const;
  for (const { signal, timeoutMs } of attempts) {
    sendSignal(pid, signal);
    if (await until(hasEnded, { timeoutMs, everyMs: LOOK_EVERY_MS })) return true;
  }
  return false;
}

export function sendSignal(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Gone in the meantime, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

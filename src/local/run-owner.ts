import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { RunOwner } from '../etl/day-lock.ts';

/** This process, as a lock names it. */
export function thisOwner(): RunOwner {
  return { host: hostname(), pid: process.pid, processStart: processStart(process.pid) ?? '' };
}

/** Whether the owner's process has ended. Undefined for a process of another machine. */
export function ownerIsGone(owner: RunOwner): boolean | undefined {
  if (owner.host !== hostname()) return undefined;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
  }
  const start = processStart(owner.pid);
  return start !== undefined && owner.processStart !== '' && start !== owner.processStart;
}

/** Ticks since boot at which the process began, and the boot's own id. Undefined where the system does not say (macOS). */
function processStart(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold blanks; field 22 of the line is the 20th after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended: only its parent has not looked yet.
    return fields[0] === 'Z' ? 'ended' : `${boot}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** Which program listens on a port, where the system lets one look (Linux: /proc). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** State LISTEN in /proc/net/tcp. */
const LISTENING = '0A';

/** `mysqld (pid 4711)`, or undefined when it cannot be told. */
export function findPortOwner(port: number): string | undefined {
  try {
    const inodes = listeningInodes(port);
    if (inodes.size === 0) return undefined;
    const pid = readdirSync('/proc').find((name) => /^\d+$/u.test(name) && holdsSocket(name, inodes));
    if (pid === undefined) return undefined;
    // The first word of the command line: a thread's own name (`comm`) may be anything.
    const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return `${basename(program)} (pid ${pid})`;
  } catch {
    // No /proc, or not ours to read: the message does without a name.
    return undefined;
  }
}

function listeningInodes(port: number): Set<string> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6'])
    for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/u);
      if (fields[1]?.endsWith(suffix) && fields[3] === LISTENING) inodes.add(`socket:[${fields[9]}]`);
    }
  return inodes;
}

function holdsSocket(pid: string, inodes: Set<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return inodes.has(readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}

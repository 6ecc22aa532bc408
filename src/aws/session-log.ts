import type { Session } from '@aws-sdk/client-ssm';
import type { LogLine, LogReader, LogRequest } from '../platform/logs.ts';
import type { Clock } from '../std/clock.ts';
import { messageOf, passesByItself } from '../std/failure.ts';
import type { AwsClients } from './aws-clients.ts';

/** Sessions of a page: the most that Session Manager gives. */
const PAGE_SIZE = 200;
/** How often the bastion itself is looked for, in milliseconds. */
const FIND_EVERY_MS = 60_000;

export interface SessionLogDeps {
  /** The bastion that runs now. */
  readonly bastionId: () => Promise<string>;
  readonly clock: Clock;
}

/**
 * The lines of the bastion that runs now: each tunnel's session as it begins and ends, as Session Manager remembers it (30
 * days). Sessions on an instance that was replaced are not found again; a follower goes on with the new one.
 */
export function sessionReader(
  input: { readonly clients: AwsClients } & Pick<LogRequest, 'fromMs' | 'patient' | 'signal' | 'notify'>,
  deps: SessionLogDeps,
): LogReader {
  const told = new Set<string>();
  const findBastion = bastionFinder(input, deps);
  let isWaiting = false;
  return {
    async *lines() {
      const id = await findBastion();
      if (id === undefined) return;
      const sessions = await readSessions(id, input.clients).catch((error: unknown) => {
        if (!input.patient || !passesByItself(error)) throw error;
        if (!isWaiting) input.notify(`${error.message} Trying again.`);
        isWaiting = true;
        return undefined;
      });
      if (sessions === undefined) return;
      isWaiting = false;
      const lines = sessions.flatMap(linesOf).filter(({ at }) => Date.parse(at) >= input.fromMs);
      for (const line of lines.sort((a, b) => a.at.localeCompare(b.at))) {
        const key = `${line.at} ${line.text}`;
        if (told.has(key)) continue;
        told.add(key);
        yield line;
      }
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Looks for the bastion from time to time: a deploy may replace it. Says once that there is none. */
function bastionFinder(
  { signal, notify }: Pick<LogRequest, 'signal' | 'notify'>,
  { bastionId, clock }: SessionLogDeps,
): () => Promise<string | undefined> {
  let id: string | undefined;
  let lookedMs = Number.NEGATIVE_INFINITY;
  let hasSaidWhy = false;
  return async () => {
    const now = clock.now();
    if (now - lookedMs < FIND_EVERY_MS) return id;
    lookedMs = now;
    try {
      id = await bastionId();
    } catch (error) {
      signal.throwIfAborted();
      if (!hasSaidWhy) notify(`There are no lines of the bastion: ${messageOf(error)}`);
      hasSaidWhy = true;
    }
    return id;
  };
}

async function readSessions(bastion: string, clients: AwsClients): Promise<Session[]> {
  const { paginateDescribeSessions } = await import('@aws-sdk/client-ssm');
  return clients.call(`list the sessions on the bastion ${bastion}`, async () => {
    const client = await clients.ssm();
    const found: Session[] = [];
    for (const State of ['History', 'Active'] as const) {
      const request = { State, MaxResults: PAGE_SIZE, Filters: [{ key: 'Target' as const, value: bastion }] };
      for await (const { Sessions = [] } of paginateDescribeSessions({ client }, request))
        found.push(...Sessions);
    }
    return found;
  });
}

function linesOf({ SessionId: id, Owner, Reason, StartDate, EndDate, Status }: Session): LogLine[] {
  const owner = Owner?.split('/').at(-1) ?? 'somebody';
  const why = Reason === undefined || Reason === '' ? '' : `: ${Reason}`;
  const lines: LogLine[] = [];
  if (StartDate !== undefined) {
    lines.push({
      at: StartDate.toISOString(),
      source: 'bastion',
      text: `session ${id} of ${owner} began${why}`,
    });
  }
  if (EndDate !== undefined) {
    const end = `session ${id} of ${owner} ended (${(Status ?? 'ended').toLowerCase()})`;
    lines.push({ at: EndDate.toISOString(), source: 'bastion', text: end });
  }
  return lines;
}

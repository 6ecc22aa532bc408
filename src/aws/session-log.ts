import type { Session } from '@aws-sdk/client-ssm';
import type { LogLine, LogReader, LogRequest } from '../platform/logs.ts';
import type { AwsClients } from './aws-clients.ts';

/** Sessions of a page: the most that Session Manager gives. */
const PAGE_SIZE = 200;

/** The bastion's lines: each tunnel's session as it begins and ends, as Session Manager remembers it (30 days). */
export function sessionReader(
  input: { readonly clients: AwsClients } & Pick<LogRequest, 'fromMs' | 'signal' | 'notify'>,
  bastionId: () => Promise<string>,
): LogReader {
  const told = new Set<string>();
  let id: string | undefined;
  let hasSaidWhy = false;
  return {
    async *lines() {
      id ??= await bastionId().catch((error: Error) => {
        input.signal.throwIfAborted();
        if (!hasSaidWhy) input.notify(`There are no lines of the bastion: ${error.message}`);
        hasSaidWhy = true;
        return undefined;
      });
      if (id === undefined) return;
      const sessions = await readSessions(id, input.clients);
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

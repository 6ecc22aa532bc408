/** Lists the sessions on the bastion, and ends leftovers. */
import type { SessionSummary, Sessions } from '../platform/sessions.ts';
import { Failure } from '../std/failure.ts';

export interface EndSessionsInput {
  /** Ids to end. */
  readonly sessionIds: readonly string[];
}

/** Oldest first: leftovers on top. */
export async function listSessions(deps: { readonly sessions: Sessions }): Promise<SessionSummary[]> {
  const sessions = await deps.sessions.list();
  return sessions.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
}

/** Ends the sessions one after the other. An id that is not there is a failure before anything is ended. */
export async function endSessions(
  input: EndSessionsInput,
  deps: { readonly sessions: Sessions },
): Promise<SessionSummary[]> {
  const active = await deps.sessions.list();
  const ending = input.sessionIds.map((id) => {
    const found = active.find(({ sessionId }) => sessionId === id);
    if (found === undefined) throw sessionUnknown(id);
    return found;
  });
  for (const { sessionId } of ending) await deps.sessions.terminate(sessionId);
  return ending;
}

function sessionUnknown(sessionId: string): Failure {
  return new Failure({
    code: 'session-unknown',
    kind: 'usage',
    message: `Cannot end session ${sessionId}: there is no active session with this id on the bastion.`,
    nextSteps: ['dp db sessions list'],
    docs: 'docs/tunnel.md',
  });
}

import type { SessionSummary } from '../../platform/sessions.ts';
import { formatMoment } from './moment.ts';
import { visible } from './visible.ts';

/** One line per session: when, id, who, state, why. */
export function formatSessions(sessions: readonly SessionSummary[]): string {
  if (sessions.length === 0) return 'No active sessions.';
  return sessions
    .map(({ startedAt, sessionId, owner, status, reason }) =>
      [formatMoment(startedAt), sessionId, owner, status, reason]
        .map((words) => visible(words || '-'))
        .join('  '),
    )
    .join('\n');
}

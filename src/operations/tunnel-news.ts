/** What a tunnel tells the operator: one event per change, in words that do not change between versions. */
import type { TunnelEvent } from '../tunnel/io/port-tunnel.ts';

export type TunnelNews =
  | { readonly event: 'starting'; readonly target: string; readonly sessions: number }
  | {
      readonly event: 'listening';
      readonly host: string;
      readonly port: number;
      readonly addresses: readonly string[];
    }
  | {
      readonly event: 'ready';
      readonly host: string;
      readonly port: number;
      readonly url: string;
      readonly serverVersion: string;
      readonly user?: string;
      readonly socketPath?: string;
    }
  | {
      readonly event: 'connection';
      readonly state: 'opened' | 'closed' | 'failed';
      readonly connections?: number;
      readonly reason?: string;
    }
  | { readonly event: 'reconnecting'; readonly session: number; readonly reason: string }
  | { readonly event: 'reconnected'; readonly session: number; readonly afterMs: number }
  /** The tunnel stands, but less well: a sign-in is needed, a session is being replaced. */
  | {
      readonly event: 'degraded';
      readonly session: number;
      readonly reason: string;
      readonly nextSteps: readonly string[];
    }
  | { readonly event: 'closing'; readonly connections: number; readonly drainMs: number }
  | { readonly event: 'closed'; readonly reason: string };

/** The operator's view of what happened inside; undefined for what is nobody's business. */
export function newsOfTunnel(event: TunnelEvent): TunnelNews | undefined {
  switch (event.kind) {
    case 'connection-opened':
      return { event: 'connection', state: 'opened', connections: event.connections };
    case 'connection-closed':
      return { event: 'connection', state: 'closed', connections: event.connections };
    case 'connection-failed':
    case 'stream-failed':
      return { event: 'connection', state: 'failed', reason: event.failure.message };
    case 'reconnecting':
      return { event: 'reconnecting', session: event.slot, reason: event.why };
    case 'reconnected':
      return { event: 'reconnected', session: event.slot, afterMs: Math.round(event.afterMs) };
    case 'needs-sign-in':
    case 'start-failed':
      return {
        event: 'degraded',
        session: event.slot,
        reason: event.failure.message,
        nextSteps: event.failure.nextSteps,
      };
    case 'replacing':
      return {
        event: 'degraded',
        session: event.slot,
        reason: `replacing a session: ${event.why}`,
        nextSteps: [],
      };
    case 'ended':
      return endedNews(event);
    default:
      return undefined;
  }
}

function endedNews(event: Extract<TunnelEvent, { kind: 'ended' }>): TunnelNews | undefined {
  if (event.end.code === 'closed-here') return undefined;
  const notice = event.end.notice === '' ? '' : `: ${event.end.notice}`;
  const reason = `session ended (${event.end.code})${notice}; a new one is being started behind the same port`;
  return { event: 'degraded', session: event.slot, reason, nextSteps: [] };
}

/** What a session tells its owner, and why it can end. */
import type { HandshakeFault } from './handshake.ts';
import type { StreamEvent } from './mux.ts';

/**
 * Why a session ended.
 * - `closed-here`: the owner asked for it. `closed-by-service`: the gateway said so; `notice` has its words.
 * - `not-resumable`: the service no longer knows the session (idle or maximum time over, bastion gone).
 * - `refused`: the operator may not resume it. `unreachable`: no channel for too long.
 * - `handshake-timeout`, or the handshake's own faults: it never began.
 * - `frames-broken`, `agent-silent`, `message-too-large`: it cannot go on.
 */
export type SessionEndCode =
  | 'closed-here'
  | 'closed-by-service'
  | 'not-resumable'
  | 'refused'
  | 'unreachable'
  | 'handshake-timeout'
  | 'frames-broken'
  | 'agent-silent'
  | 'message-too-large'
  | HandshakeFault;

export interface SessionEnd {
  readonly code: SessionEndCode;
  /** The peer's own words, safe to print; may be empty. */
  readonly notice: string;
}

export type SessionEvent =
  | StreamEvent
  /** Open a channel: the first with the grant the session started with, later ones after resuming. */
  | { readonly kind: 'open-channel'; readonly attempt: number }
  /** Drop the channel's socket: it is dead, or the session is over. */
  | { readonly kind: 'drop-channel' }
  | { readonly kind: 'ready'; readonly agentVersion: string; readonly notice: string }
  | { readonly kind: 'reconnecting'; readonly why: string }
  | { readonly kind: 'reconnected'; readonly afterMs: number }
  /** The gateway says that the agent's side of the session is (no longer) away. A hint only. */
  | { readonly kind: 'agent-away'; readonly away: boolean }
  | { readonly kind: 'ended'; readonly end: SessionEnd };

/** One thing to put on the channel, in order. */
export type ChannelWrite =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary'; readonly bytes: Uint8Array }
  | { readonly kind: 'ping' };

export interface SessionCounters {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly roundTripMs: number;
  readonly resends: number;
  readonly channels: number;
  /** Messages that were none, and were dropped. */
  readonly faults: number;
  readonly streams: number;
}

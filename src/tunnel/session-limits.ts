/** Every limit of one session, with its source where it has one. */
import type { ChannelLimits } from './channel.ts';
import { CHANNEL_LIMITS } from './channel.ts';
import type { MuxLimits } from './mux.ts';
import { MUX_LIMITS } from './mux.ts';

export interface SessionLimits {
  /**
   * Payload of one message. Agents accept up to 256 KiB (measured), the gateway 32 KiB (reported). Large ones
   * make uploads fast at few messages a second.
   */
  readonly payloadBytesMax: number;
  /**
   * The gateway cuts connections that carry some 1,000 messages a second for two seconds (reported), so 500 a
   * second and 400 at once keep below it. Acknowledgements come on top, as the reference client's do.
   */
  readonly messagesPerSecondMax: number;
  readonly messagesBurst: number;
  /** Unacknowledged bytes and messages in flight; beyond them streams wait. Nothing is ever dropped. */
  readonly unacknowledgedBytesMax: number;
  readonly unacknowledgedMessagesMax: number;
  readonly handshakeMsMax: number;
  /** The agent drops data for a moment after it says that the handshake is complete (measured on loopback). */
  readonly settleMs: number;
  /** Nothing acknowledged for this long on an open channel: the agent is gone. Twice the reference client's. */
  readonly agentSilentMsMax: number;
  /** How long the end of a session may take to be acknowledged. */
  readonly endMsMax: number;
  /** An empty frame this often keeps the session from idling out; 0 sends none. */
  readonly keepAliveEveryMs: number;
  readonly mux: MuxLimits;
  readonly channel: ChannelLimits;
}

/** The payload every peer is known to take: the reference client's own. */
export const PAYLOAD_BYTES_SAFE = 1_024;

export const SESSION_LIMITS: SessionLimits = {
  payloadBytesMax: 16 * 1024,
  messagesPerSecondMax: 500,
  messagesBurst: 400,
  unacknowledgedBytesMax: 4 * 1024 * 1024,
  unacknowledgedMessagesMax: 4_096,
  handshakeMsMax: 30_000,
  settleMs: 50,
  agentSilentMsMax: 10 * 60_000,
  endMsMax: 2_000,
  keepAliveEveryMs: 0,
  mux: MUX_LIMITS,
  channel: CHANNEL_LIMITS,
};

/** A session with an old agent shows a frame this often, so that it does not take dp for dead after 30 s. */
export const HEARTBEAT_EVERY_MS = 10_000;

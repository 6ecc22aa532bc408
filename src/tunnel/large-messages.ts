/** Notices a way between here and the agent that does not carry large messages. */
import { PAYLOAD_BYTES_SAFE } from './session-limits.ts';

/** A websocket's close code for a message that was too large. */
const CLOSE_CODE_TOO_LARGE = 1009;
/** Messages up to this size are carried everywhere: a safe payload and its header. */
const MESSAGE_BYTES_SAFE = 2 * PAYLOAD_BYTES_SAFE;
/** Losing the channel so often with the same large message in front means that it will never get through. */
const LOSSES_MAX = 6;

export class LargeMessages {
  private sequence = -1;
  private losses = 0;

  /** Tells of a lost channel and the oldest message that waited. True: it is the message's size. */
  blame(closeCode: number, head: { sequence: number; bytes: Uint8Array } | undefined): boolean {
    if (closeCode === CLOSE_CODE_TOO_LARGE) return true;
    if (head === undefined || head.bytes.length <= MESSAGE_BYTES_SAFE) return false;
    this.losses = head.sequence === this.sequence ? this.losses + 1 : 1;
    this.sequence = head.sequence;
    return this.losses >= LOSSES_MAX;
  }
}

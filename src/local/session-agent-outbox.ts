/** The agent's side of retransmission: every 100 ms a look at the oldest message, and never at another. */

const LOOK_EVERY_MS = 100;
const RESEND_AFTER_FIRST_MS = 200;
const RESEND_AFTER_MOST_MS = 1_000;
const CLOCK_GRAIN_MS = 10;

interface Waiting {
  readonly bytes: Uint8Array;
  sentMs: number;
}

export class AgentOutbox {
  private readonly waiting = new Map<number, Waiting>();
  private next = 0;
  private lookAtMs = 0;
  private roundTripMs = 100;
  private variationMs = 0;
  private resendAfterMs = RESEND_AFTER_FIRST_MS;

  get sequence(): number {
    return this.next;
  }

  get size(): number {
    return this.waiting.size;
  }

  add(bytes: Uint8Array, now: number): void {
    if (this.waiting.size === 0) this.lookAtMs = now + LOOK_EVERY_MS;
    this.waiting.set(this.next, { bytes, sentMs: now });
    this.next += 1;
  }

  /** Numbers that do not wait are ignored. */
  acknowledge(sequence: number, now: number): void {
    const entry = this.waiting.get(sequence);
    if (entry === undefined) return;
    this.waiting.delete(sequence);
    const sample = now - entry.sentMs;
    this.variationMs = 0.75 * this.variationMs + 0.25 * Math.abs(this.roundTripMs - sample);
    this.roundTripMs = 0.875 * this.roundTripMs + 0.125 * sample;
    const timeout = this.roundTripMs + Math.max(CLOCK_GRAIN_MS, 4 * this.variationMs);
    this.resendAfterMs = Math.min(RESEND_AFTER_MOST_MS, timeout);
  }

  /** All that waits, in order. */
  everything(now: number): Uint8Array[] {
    return Array.from(this.waiting.values(), (entry) => {
      entry.sentMs = now;
      return entry.bytes;
    });
  }

  /** The oldest message, when its time is over. */
  due(now: number): Uint8Array | undefined {
    if (this.waiting.size === 0 || now < this.lookAtMs) return undefined;
    this.lookAtMs = now + LOOK_EVERY_MS;
    for (const entry of this.waiting.values()) {
      if (now - entry.sentMs <= this.resendAfterMs) return undefined;
      entry.sentMs = now;
      return entry.bytes;
    }
    return undefined;
  }

  nextLookMs(): number | undefined {
    return this.waiting.size === 0 ? undefined : this.lookAtMs;
  }
}

/**
 * Sequenced delivery in both directions: numbers from 0, one acknowledgement per message, retransmission,
 * reordering. Nothing here is reset by a reconnect: the counters live as long as the session.
 */
import type { AgentMessage } from './message.ts';

/** The round-trip estimate both reference peers start from, in milliseconds. */
const ROUND_TRIP_FIRST_MS = 100;
/** Resend timeout before the first sample. Agents drop early messages, so waiting long delays every start. */
const RESEND_AFTER_FIRST_MS = 100;
/** Resend timeouts never go above this (the reference peers' limit). */
const RESEND_AFTER_MOST_MS = 1_000;
/** The least the variation adds to the round trip, in milliseconds. */
const CLOCK_GRAIN_MS = 10;
/** Lost messages that a single look resends. */
const RESENDS_PER_LOOK_MAX = 64;

interface Unacknowledged {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  firstSentMs: number;
  lastSentMs: number;
  /** How often it went out; a round trip is only measured from messages that went once (Karn). */
  sends: number;
}

/** What was sent and is not yet acknowledged. */
export class Outbox {
  private readonly waiting = new Map<number, Unacknowledged>();
  private nextSequence = 0;
  private bytesWaiting = 0;
  private highestAcknowledged = -1;
  private roundTrip = ROUND_TRIP_FIRST_MS;
  private variation = 0;
  private resendAfter = RESEND_AFTER_FIRST_MS;
  /** Since when something waits and nothing was acknowledged. */
  private quietSinceMs = 0;
  /** When the oldest message timed out, until one that was not sent again is acknowledged. */
  private timedOutAtMs = -Infinity;
  /** Messages sent again, in all. */
  resends = 0;

  /** The number the next message must carry. */
  get sequence(): number {
    return this.nextSequence;
  }

  get messages(): number {
    return this.waiting.size;
  }

  get bytes(): number {
    return this.bytesWaiting;
  }

  get roundTripMs(): number {
    return this.roundTrip;
  }

  get resendAfterMs(): number {
    return this.resendAfter;
  }

  /** Keeps a message until it is acknowledged. `sent` is false while there is no channel to send it on. */
  add(bytes: Uint8Array, nowMs: number, sent: boolean): void {
    if (this.waiting.size === 0) this.quietSinceMs = nowMs;
    const sequence = this.nextSequence;
    this.waiting.set(sequence, {
      sequence,
      bytes,
      firstSentMs: nowMs,
      lastSentMs: nowMs,
      sends: sent ? 1 : 0,
    });
    this.nextSequence += 1;
    this.bytesWaiting += bytes.length;
  }

  /** Takes an acknowledgement; a number that is not waiting is a late duplicate and changes nothing. */
  acknowledge(sequence: number, nowMs: number): boolean {
    const entry = this.waiting.get(sequence);
    if (entry === undefined) return false;
    this.waiting.delete(sequence);
    this.bytesWaiting -= entry.bytes.length;
    this.quietSinceMs = nowMs;
    this.highestAcknowledged = Math.max(this.highestAcknowledged, sequence);
    if (entry.sends === 1) this.timedOutAtMs = -Infinity;
    if (entry.sends === 1) this.measure(nowMs - entry.lastSentMs);
    else this.wait(nowMs - entry.firstSentMs);
    return true;
  }

  /**
   * The messages to send again now: the oldest when its timeout is over, and with it those that were lost rather
   * than held up in a busy agent.
   */
  due(nowMs: number): Uint8Array[] {
    const again: Uint8Array[] = [];
    for (const entry of this.waiting.values()) {
      const isLost = this.wasOvertaken(entry) || this.wentWithLost(entry);
      if (again.length > 0 && !isLost) break;
      if (again.length >= RESENDS_PER_LOOK_MAX) break;
      if (nowMs < this.dueMsOf(entry)) {
        if (!isLost) break;
        continue;
      }
      if (!isLost) this.timedOutAtMs = nowMs;
      again.push(this.resend(entry, nowMs));
    }
    return again;
  }

  /** Everything waiting, in order: what a reopened channel must carry first. */
  everything(nowMs: number): Uint8Array[] {
    this.quietSinceMs = nowMs;
    return Array.from(this.waiting.values(), (entry) => this.resend(entry, nowMs));
  }

  /** The oldest message that waits. */
  head(): { readonly sequence: number; readonly bytes: Uint8Array } | undefined {
    for (const entry of this.waiting.values()) return entry;
    return undefined;
  }

  /** When `due` will next have something, or undefined when nothing waits. */
  nextDueMs(): number | undefined {
    for (const entry of this.waiting.values()) return this.dueMsOf(entry);
    return undefined;
  }

  /** How long nothing was acknowledged although something waits, in milliseconds. */
  stuckForMs(nowMs: number): number {
    return this.waiting.size === 0 ? 0 : nowMs - this.quietSinceMs;
  }

  private resend(entry: Unacknowledged, nowMs: number): Uint8Array {
    if (entry.sends > 0) this.resends += 1;
    else entry.firstSentMs = nowMs;
    entry.sends += 1;
    entry.lastSentMs = nowMs;
    return entry.bytes;
  }

  /** A younger message was acknowledged: this one is lost. */
  private wasOvertaken(entry: Unacknowledged): boolean {
    return entry.sequence < this.highestAcknowledged;
  }

  /** It went before the oldest one timed out, and only that one's second copy was acknowledged so far. */
  private wentWithLost({ sends, lastSentMs }: Unacknowledged): boolean {
    return sends === 1 && lastSentMs < this.timedOutAtMs && this.timedOutAtMs < this.quietSinceMs;
  }

  /**
   * When to send it again. As long as acknowledgements come, what waits behind them is in a queue and not lost,
   * so its time begins with the last of them.
   */
  private dueMsOf(entry: Unacknowledged): number {
    if (this.wasOvertaken(entry)) return entry.lastSentMs + this.timeoutOf(entry);
    if (this.wentWithLost(entry)) return this.quietSinceMs + Math.max(CLOCK_GRAIN_MS, this.roundTrip);
    return Math.max(entry.lastSentMs, this.quietSinceMs) + this.timeoutOf(entry);
  }

  /** Doubles with every resend of the same message: an agent that is busy is not helped by more copies. */
  private timeoutOf(entry: Unacknowledged): number {
    return Math.min(RESEND_AFTER_MOST_MS, this.resendAfter * 2 ** Math.max(0, entry.sends - 1));
  }

  /**
   * A message that went twice tells only how long its answer took at most. Until one that went once tells more,
   * nothing is resent sooner: else an agent far away would be sent everything twice, and never be measured.
   */
  private wait(atMostMs: number): void {
    this.resendAfter = Math.min(RESEND_AFTER_MOST_MS, Math.max(this.resendAfter, 2 * atMostMs));
  }

  private measure(sampleMs: number): void {
    this.variation = 0.75 * this.variation + 0.25 * Math.abs(this.roundTrip - sampleMs);
    this.roundTrip = 0.875 * this.roundTrip + 0.125 * sampleMs;
    const timeout = this.roundTrip + Math.max(CLOCK_GRAIN_MS, 4 * this.variation);
    this.resendAfter = Math.min(RESEND_AFTER_MOST_MS, timeout);
  }
}

/** Limits of what may wait for a missing message. Beyond them a message is not acknowledged: it comes again. */
export interface InboxLimits {
  readonly messagesMax: number;
  readonly bytesMax: number;
}

/** The reference client's own number of messages, and a bound on their bytes. */
export const INBOX_LIMITS: InboxLimits = { messagesMax: 10_000, bytesMax: 16 * 1024 * 1024 };

/**
 * What to do with a received message. `deliver`: it is the next one, and `release` may have more behind it.
 * `stored` waits for an earlier one. `duplicate` was seen before. All three must be acknowledged: an agent
 * whose acknowledgement was lost sends its oldest message for ever, and nothing behind it.
 * `refused` must not be acknowledged.
 */
export type Acceptance = 'deliver' | 'stored' | 'duplicate' | 'refused';

/** What was received, put into order. */
export class Inbox {
  private readonly early = new Map<number, AgentMessage>();
  private readonly limits: InboxLimits;
  private expected = 0;
  private earlyBytes = 0;

  constructor(limits: InboxLimits = INBOX_LIMITS) {
    this.limits = limits;
  }

  /** The number that is delivered next. */
  get expectedSequence(): number {
    return this.expected;
  }

  accept(message: AgentMessage): Acceptance {
    if (message.sequence < this.expected || this.early.has(message.sequence)) return 'duplicate';
    if (message.sequence === this.expected) {
      this.expected += 1;
      return 'deliver';
    }
    if (this.early.size >= this.limits.messagesMax) return 'refused';
    if (this.earlyBytes + message.payload.length > this.limits.bytesMax) return 'refused';
    // Copied: the payload is a view into a buffer that the channel will use again.
    this.early.set(message.sequence, { ...message, payload: message.payload.slice() });
    this.earlyBytes += message.payload.length;
    return 'stored';
  }

  /** The next message in order that came early, or undefined when it has not come yet. */
  release(): AgentMessage | undefined {
    const message = this.early.get(this.expected);
    if (message === undefined) return undefined;
    this.early.delete(this.expected);
    this.earlyBytes -= message.payload.length;
    this.expected += 1;
    return message;
  }
}

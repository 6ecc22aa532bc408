/**
 * The life of the channel under a session: wanted, opening, open, lost, wanted again. The gateway closes every
 * channel about once an hour with a friendly 1000, networks change, laptops sleep. None of that ends the session.
 */
import { backoffMs } from '../std/backoff.ts';

export interface ChannelLimits {
  /** How often to ask whether the gateway is still there. Proxies and NATs drop silent connections after 60 s. */
  readonly pingEveryMs: number;
  /** A channel that brought nothing for this long is dead. */
  readonly silenceMsMax: number;
  /** After a sleep, how long the gateway has to answer before the channel counts as dead. */
  readonly probeMs: number;
  readonly retryFirstMs: number;
  readonly retryMostMs: number;
  /** How long to go on without any channel before the session is given up. */
  readonly unreachableMsMax: number;
}

export const CHANNEL_LIMITS: ChannelLimits = {
  pingEveryMs: 10_000,
  silenceMsMax: 25_000,
  probeMs: 5_000,
  retryFirstMs: 200,
  retryMostMs: 10_000,
  unreachableMsMax: 60 * 60_000,
};

/** A channel that lived this long was a good one: the next loss is answered at once, so at most twice a second. */
const GOOD_CHANNEL_MS = 500;

/** What is to be done now. */
export type ChannelNeed = 'open-channel' | 'ping' | 'drop-channel' | 'give-up';

export class Channel {
  private readonly limits: ChannelLimits;
  private readonly random: () => number;
  private phase: 'waiting' | 'opening' | 'open' = 'waiting';
  private wantedAtMs = 0;
  private lostSinceMs = 0;
  private openedAtMs = 0;
  private pingAtMs = 0;
  private deadAtMs = 0;
  private failures = 0;
  /** Channels opened so far. */
  opened = 0;

  constructor(limits: ChannelLimits, random: () => number) {
    this.limits = limits;
    this.random = random;
  }

  get isOpen(): boolean {
    return this.phase === 'open';
  }

  /** Attempts that failed since the last good channel. */
  get attempt(): number {
    return this.failures;
  }

  didOpen(nowMs: number): void {
    this.phase = 'open';
    this.opened += 1;
    this.openedAtMs = nowMs;
    this.heard(nowMs);
    this.pingAtMs = nowMs + this.limits.pingEveryMs;
  }

  heard(nowMs: number): void {
    this.deadAtMs = nowMs + this.limits.silenceMsMax;
  }

  /** The open channel closed, or an attempt to open one failed. */
  didClose(nowMs: number): void {
    if (this.phase === 'open') {
      this.lostSinceMs = nowMs;
      if (nowMs - this.openedAtMs >= GOOD_CHANNEL_MS) this.failures = 0;
    }
    const { retryFirstMs: firstMs, retryMostMs: mostMs } = this.limits;
    // The first attempt after a good channel goes at once: every open connection is waiting for it.
    const waitMs =
      this.failures === 0 ? 0 : backoffMs(this.failures - 1, { firstMs, mostMs, factor: 2 }, this.random());
    this.failures += 1;
    this.phase = 'waiting';
    this.wantedAtMs = nowMs + waitMs;
  }

  /** The clock leapt: an open channel must prove itself, a waiting one need not wait longer. */
  didLeap(nowMs: number): void {
    if (this.phase === 'waiting') this.wantedAtMs = nowMs;
    if (this.phase !== 'open') return;
    this.pingAtMs = nowMs;
    this.deadAtMs = nowMs + this.limits.probeMs;
  }

  need(nowMs: number): ChannelNeed | undefined {
    if (this.phase !== 'open' && nowMs - this.lostSinceMs >= this.limits.unreachableMsMax) return 'give-up';
    if (this.phase === 'waiting' && nowMs >= this.wantedAtMs) {
      this.phase = 'opening';
      return 'open-channel';
    }
    if (this.phase !== 'open') return undefined;
    if (nowMs >= this.deadAtMs) return 'drop-channel';
    if (nowMs < this.pingAtMs) return undefined;
    this.pingAtMs = nowMs + this.limits.pingEveryMs;
    return 'ping';
  }

  /** How long the channel that is open has been so, in milliseconds. */
  openForMs(nowMs: number): number {
    return this.phase === 'open' ? nowMs - this.openedAtMs : 0;
  }

  /** Whether the gateway answered lately, so that what is missing is missing behind it. */
  isAnswered(nowMs: number): boolean {
    const { silenceMsMax, pingEveryMs, probeMs } = this.limits;
    return nowMs < this.deadAtMs - silenceMsMax + pingEveryMs + probeMs;
  }

  /** Since when there is no channel. */
  lostForMs(nowMs: number): number {
    return nowMs - this.lostSinceMs;
  }

  /** When `need` may next have something to say. */
  nextMs(): number {
    if (this.phase === 'open') return Math.min(this.pingAtMs, this.deadAtMs);
    const giveUpAtMs = this.lostSinceMs + this.limits.unreachableMsMax;
    return this.phase === 'waiting' ? Math.min(this.wantedAtMs, giveUpAtMs) : giveUpAtMs;
  }
}

/** A limit on messages per second, as a bucket that fills evenly and lets a short burst through. */
export class Pace {
  private readonly perSecond: number;
  private readonly burst: number;
  private tokens: number;
  private filledMs = 0;

  /** `perSecond` may be Infinity: no limit. `burst` is how many may go at once after a quiet time. */
  constructor(limits: { readonly perSecond: number; readonly burst: number }) {
    this.perSecond = limits.perSecond;
    this.burst = limits.burst;
    this.tokens = limits.burst;
  }

  /** Takes one, or says that there is none at this time. */
  take(nowMs: number): boolean {
    this.fill(nowMs);
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** Gives one back that was taken and not used. */
  giveBack(): void {
    this.tokens += 1;
  }

  /** Milliseconds until the next one. */
  waitMs(nowMs: number): number {
    this.fill(nowMs);
    return this.tokens >= 1 ? 0 : Math.ceil(((1 - this.tokens) * 1_000) / this.perSecond);
  }

  private fill(nowMs: number): void {
    const gained =
      this.perSecond === Infinity ? this.burst : ((nowMs - this.filledMs) * this.perSecond) / 1_000;
    this.tokens = Math.min(this.burst, this.tokens + gained);
    this.filledMs = nowMs;
  }
}

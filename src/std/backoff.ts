export interface BackoffLimits {
  readonly firstMs: number;
  readonly mostMs: number;
  readonly factor: number;
}

/**
 * How long to wait before attempt `attempt` (0 is the first retry), in milliseconds:
 * exponential, capped, with full jitter. `random` is a number in [0, 1).
 */
export function backoffMs(attempt: number, limits: BackoffLimits, random: number): number {
  const ceiling = Math.min(limits.mostMs, limits.firstMs * limits.factor ** attempt);
  return Math.round(ceiling * (0.5 + random / 2));
}

/** The chain of things that must work for the platform to work. */

/** green: fine. yellow: works, and wants attention. red: broken. skipped: cannot be looked at because of another hop. */
export type Light = 'green' | 'yellow' | 'red' | 'skipped';

export interface HopFinding {
  readonly light: Light;
  /** One sentence without the hop's name. */
  readonly reason: string;
  /** The command that fixes it; not for green. */
  readonly command?: string;
}

/** One thing that must work for the platform to work, and how to find out. */
export interface Hop {
  readonly name: string;
  /** Hops that must not be red for this one to make sense. All stand before it in the chain. */
  readonly needs: readonly string[];
  readonly timeLimitMs: number;
  /**
   * Left out when a hint is wanted of why a command failed: opens a tunnel, runs a query, or tells what a fault has led to
   * instead of what it is.
   */
  readonly isNoHint?: boolean;
  /** Looks, and changes nothing. What it throws makes the hop red in its own words. */
  check(): Promise<HopFinding>;
  /** Puts it right without losing anything; says what was done. Missing where only the operator can. */
  repair?(): Promise<string>;
}

export function green(reason: string): HopFinding {
  return { light: 'green', reason };
}

export function yellow(reason: string, command: string): HopFinding {
  return { light: 'yellow', reason, command };
}

export function red(reason: string, command: string): HopFinding {
  return { light: 'red', reason, command };
}

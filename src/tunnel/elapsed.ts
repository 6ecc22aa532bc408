/**
 * Time as a session feels it. The wall clock may be set back or forward, and a laptop may sleep for hours:
 * neither may freeze a deadline nor make all of them fire at once. So only steps of a sensible size count,
 * and a great one is reported, because the channel may well be dead after it.
 */

/** No timer of the session sleeps longer than this, so a longer step is sleep or a changed clock. */
export const STEP_MS_MAX = 60_000;

export class Elapsed {
  private lastWallMs: number | undefined;
  /** Milliseconds the session has lived awake. */
  ms = 0;

  /** Takes the wall clock's time. True when it leapt: sleep, or somebody set the clock. */
  advance(wallMs: number): boolean {
    const step = this.lastWallMs === undefined ? 0 : wallMs - this.lastWallMs;
    this.lastWallMs = wallMs;
    this.ms += Math.min(Math.max(step, 0), STEP_MS_MAX);
    return step > STEP_MS_MAX || step < 0;
  }
}

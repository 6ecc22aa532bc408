/**
 * Time as a session feels it. The wall clock may be set back or forward, and a laptop may sleep for hours:
 * neither may freeze a deadline nor make all of them fire at once. So only steps of a sensible size count,
 * and a great one is reported, because the channel may well be dead after it.
 */

/** A session is woken at least this often, so that a leap is noticed soon. */
export const WAKE_WITHIN_MS = 10_000;
/** A longer step than this cannot be a late timer: it is sleep, or a changed clock. */
const STEP_MS_MAX = 2 * WAKE_WITHIN_MS;

export class Elapsed {
  private lastWallMs: number | undefined;
  /** Milliseconds the session has lived awake. */
  ms = 0;

  /** Takes the wall clock's time. True when it leapt; the time leapt over does not count. */
  advance(wallMs: number): boolean {
    const step = this.lastWallMs === undefined ? 0 : wallMs - this.lastWallMs;
    this.lastWallMs = wallMs;
    const leapt = step > STEP_MS_MAX || step < 0;
    if (!leapt) this.ms += step;
    return leapt;
  }
}

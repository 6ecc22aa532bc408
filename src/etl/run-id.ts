import { assert } from '../std/assert.ts';

const RUN_ID = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z-[0-9a-f]{6}$/;

/** `20261123T170001123Z-3f9a2c`: sorts by start, safe in paths. `random` is six or more hex digits. */
export function runIdOf(startedMs: number, random: string): string {
  const stamp = new Date(startedMs).toISOString().replace(/[-:.]/g, '');
  const id = `${stamp}-${random.slice(0, 6).toLowerCase()}`;
  assert(isRunId(id), `not a run id: ${id}`);
  return id;
}

export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}

/** When the run of this id began, in milliseconds since the epoch. */
export function startOfRun(runId: string): number {
  const parts = RUN_ID.exec(runId);
  assert(parts !== null, `not a run id: ${runId}`);
  const [, year, month, day, hour, minute, second, ms] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
}

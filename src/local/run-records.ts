import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobRun } from '../platform/jobs.ts';
import { LIVE_RUN_STATES } from '../platform/jobs.ts';
import { endOfLog } from './job-logs.ts';
import { processIdentity } from './processes.ts';

/** What is known of a run when it begins. */
export interface RunRecord {
  readonly id: string;
  readonly job: string;
  readonly arguments: Readonly<Record<string, string>>;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

/** A process, told from a later one of the same number. */
interface KnownProcess {
  readonly pid: number;
  readonly identity: string;
}

/** `starter` lives until `process` is known; a record with neither alive is of a start that was cut off. */
interface WrittenRecord extends RunRecord {
  readonly starter: KnownProcess;
  readonly process?: KnownProcess;
}

/** Runs whose records and logs are kept. */
const RUNS_KEPT = 200;
const MS_PER_SECOND = 1_000;

export type RunRecords = ReturnType<typeof openRunRecords>;

/** The runs of one job as files: a folder each, whose name sorts by start, with `run.json`, `log`, and `stop` once it was asked to. */
export function openRunRecords({ folder }: { readonly folder: string }) {
  const at = (id: string, file: string): string => join(folder, id, file);
  const write = async (record: WrittenRecord): Promise<void> => {
    const draft = at(record.id, `run.${randomBytes(4).toString('hex')}`);
    await writeFile(draft, `${JSON.stringify(record)}\n`, { mode: 0o600 });
    await rename(draft, at(record.id, 'run.json'));
  };
  const ids = async (): Promise<string[]> =>
    (await readdir(folder).catch(absent))?.filter((name) => RUN_FOLDER.test(name)).sort() ?? [];
  const find = async (id: string): Promise<JobRun | undefined> => {
    const record = RUN_FOLDER.test(id) ? await readRecord(at(id, 'run.json')) : undefined;
    return record && runOf(record, { log: at(id, 'log'), stopAsked: await isThere(at(id, 'stop')) });
  };
  return {
    logPath: (id: string) => at(RUN_FOLDER.test(id) ? id : '', 'log'),
    find,
    /** Newest first. */
    async newest(runsMax: number): Promise<JobRun[]> {
      const runs: JobRun[] = [];
      for (const id of (await ids()).reverse()) {
        if (runs.length >= runsMax) break;
        const run = await find(id);
        if (run !== undefined) runs.push(run);
      }
      return runs;
    },
    /** Before there is a process. */
    async create(record: RunRecord): Promise<void> {
      await mkdir(join(folder, record.id), { recursive: true, mode: 0o700 });
      await write({ ...record, starter: await knownProcess(process.pid) });
    },
    /** Now there is one. */
    async begun(record: RunRecord, pid: number): Promise<void> {
      const starter = await knownProcess(process.pid);
      await write({ ...record, starter, process: await knownProcess(pid) });
    },
    /** Asks a run's process to end. False when there is none that lives. */
    async stop(id: string): Promise<boolean> {
      const record = RUN_FOLDER.test(id) ? await readRecord(at(id, 'run.json')) : undefined;
      if (record?.process === undefined || !(await lives(record.process))) return false;
      await writeFile(at(id, 'stop'), '', { mode: 0o600 });
      try {
        process.kill(record.process.pid, 'SIGTERM');
      } catch {
        // It has ended by itself between the look and the signal.
      }
      return true;
    },
    /** Takes away the oldest runs that have ended, so that at most RUNS_KEPT stay. */
    async prune(): Promise<void> {
      for (const id of (await ids()).slice(0, -RUNS_KEPT)) {
        const run = await find(id);
        if (run !== undefined && LIVE_RUN_STATES.includes(run.state)) continue;
        await rm(join(folder, id), { recursive: true, force: true });
      }
    },
  };
}

const RUN_FOLDER = /^jr_[0-9TZ]+-[0-9a-f]{6}$/;

async function runOf(
  record: WrittenRecord,
  { log, stopAsked }: { readonly log: string; readonly stopAsked: boolean },
): Promise<JobRun> {
  const { id, job, startedAt, arguments: given } = record;
  const base = { id, job, startedAt, dpuSeconds: null, arguments: given };
  const live = { ...base, endedAt: null, seconds: null, error: null };
  if (record.process === undefined && (await lives(record.starter))) return { ...live, state: 'starting' };
  if (record.process !== undefined && (await lives(record.process)))
    return { ...live, state: stopAsked ? 'stopping' : 'running' };
  // The last sign of life: what the process said last it said as it ended.
  const ended = await stat(log).catch(absent);
  const endedMs = Math.max(ended?.mtimeMs ?? 0, Date.parse(startedAt));
  const times = {
    endedAt: new Date(endedMs).toISOString(),
    seconds: Math.round((endedMs - Date.parse(startedAt)) / MS_PER_SECOND),
  };
  const said = await endOfLog(log);
  if (said?.error === null) return { ...base, ...times, state: 'succeeded', error: null };
  const error =
    said?.error ?? 'Its process ended without a word: it was killed, or the machine was started anew.';
  return { ...base, ...times, state: stopAsked ? 'stopped' : 'failed', error };
}

async function knownProcess(pid: number): Promise<KnownProcess> {
  return { pid, identity: (await processIdentity(pid)) ?? '' };
}

async function lives({ pid, identity }: KnownProcess): Promise<boolean> {
  return identity !== '' && (await processIdentity(pid)) === identity;
}

async function readRecord(path: string): Promise<WrittenRecord | undefined> {
  const text = await readFile(path, 'utf8').catch(absent);
  return text === undefined ? undefined : (JSON.parse(text) as WrittenRecord);
}

async function isThere(path: string): Promise<boolean> {
  const file = await open(path).catch(absent);
  await file?.close();
  return file !== undefined;
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}

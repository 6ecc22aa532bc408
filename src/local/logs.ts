import { MANIFESTS } from '../etl/lake-keys.ts';
import { type Manifest, parseManifest } from '../etl/manifest.ts';
import type { Crawl, Crawlers } from '../platform/crawlers.ts';
import type { Journal } from '../platform/journal.ts';
import { journalReader } from '../platform/journal-lines.ts';
import type { Lake } from '../platform/lake.ts';
import type { LogLine, LogReader, LogSourceName, Logs } from '../platform/logs.ts';
import { fileLines } from './follow-file.ts';
import { noSuchLog } from './logs-errors.ts';
import type { LocalPaths } from './paths.ts';

const SOURCES: readonly LogSourceName[] = ['api', 'job', 'crawler', 'database', 'rotation', 'changes'];
const LOOK_EVERY_MS = 250;
/** Crawls of one crawler that are told of. */
const CRAWLS_MAX = 100;

/** What the local environment says of itself: the server's log, the API's requests, the lake's runs, dp's own changes. */
export function openLocalLogs(
  { paths }: { readonly paths: LocalPaths },
  deps: {
    readonly lake: () => Promise<Lake>;
    readonly journal: () => Promise<Journal>;
    readonly crawlers: () => Promise<Crawlers>;
  },
): Logs {
  const changes = async (source: LogSourceName, wanted: RegExp): Promise<LogReader[]> => {
    const { list } = await deps.journal();
    return [journalReader(source, { list, wanted })];
  };
  return {
    sources: SOURCES,
    lookEveryMs: LOOK_EVERY_MS,
    open: async (source) => {
      if (source === 'database') return [fileReader(source, paths.server.log, serverTime)];
      if (source === 'api') return [fileReader(source, paths.apiLog, jsonTime)];
      if (source === 'changes') return changes(source, /^dp /);
      if (source === 'rotation') return changes(source, /^dp secrets ro/);
      if (source === 'crawler') return [crawlReader(await deps.crawlers())];
      if (source === 'job') return [jobReader(await deps.lake())];
      throw noSuchLog({ source, sources: SOURCES });
    },
  };
}

/** When a line was written, if it says so. */
type TimeOf = (text: string) => string | undefined;

function fileReader(source: LogSourceName, path: string, timeOf: TimeOf): LogReader {
  const next = fileLines(path);
  let at = new Date(0).toISOString();
  return {
    async *lines() {
      for await (const text of next()) {
        at = timeOf(text) ?? at;
        if (text !== '') yield { at, source, text };
      }
    },
    [Symbol.asyncDispose]: () => next[Symbol.asyncDispose](),
  };
}

/** The server writes the machine's own time: `2026-11-24  7:22:11 0 [Note] …`. */
function serverTime(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)\s+(\d{1,2}:\d\d:\d\d)\s/.exec(text);
  if (match === null) return undefined;
  return new Date(`${match[1]}T${match[2]?.padStart(8, '0')}`).toISOString();
}

function jsonTime(text: string): string | undefined {
  try {
    const { time } = JSON.parse(text) as { time?: unknown };
    return typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? time : undefined;
  } catch {
    return undefined;
  }
}

/** Each crawl of each crawler, as it begins and ends. */
function crawlReader(crawlers: Crawlers): LogReader {
  const told = new Set<string>();
  return {
    async *lines() {
      const found: LogLine[] = [];
      for (const { name } of await crawlers.list()) {
        for (const crawl of await crawlers.history(name, CRAWLS_MAX)) found.push(...crawlLines(name, crawl));
      }
      for (const line of found.sort((a, b) => a.at.localeCompare(b.at))) {
        const key = `${line.at} ${line.text}`;
        if (told.has(key)) continue;
        told.add(key);
        yield line;
      }
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function crawlLines(name: string, { startedAt, endedAt, state, summary, error }: Crawl): LogLine[] {
  const lines: LogLine[] = [];
  if (startedAt !== null) lines.push({ at: startedAt, source: 'crawler', text: `${name}: started` });
  if (endedAt !== null) {
    const words = error ?? summary;
    const text = `${name}: ${state}${words === null ? '' : `: ${words}`}`;
    lines.push({ at: endedAt, source: 'crawler', text });
  }
  return lines;
}

/** What the manifests of the lake's runs tell: each start and each end is one line. */
function jobReader(lake: Lake): LogReader {
  const told = new Set<string>();
  return {
    async *lines() {
      const found: LogLine[] = [];
      for (const { key } of await lake.list(MANIFESTS)) {
        const bytes = await lake.read(key);
        if (bytes !== undefined) found.push(...manifestLines(parseManifest(bytes, key)));
      }
      const fresh = found.filter(({ at, text }) => !told.has(`${at} ${text}`));
      for (const line of fresh.sort((a, b) => a.at.localeCompare(b.at))) {
        told.add(`${line.at} ${line.text}`);
        yield line;
      }
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function manifestLines(manifest: Manifest): LogLine[] {
  const { kind, date, runId, engine, startedAt, endedAt, state, error, tables } = manifest;
  const what = `${kind} of ${date}, run ${runId}`;
  const started: LogLine = { at: startedAt, source: 'job', text: `${what}: started on ${engine}` };
  if (endedAt === undefined) return [started];
  const rows = Object.entries(tables).map(([table, { lake }]) => `${table} ${lake.rows}`);
  const words = error === undefined ? `${state}; rows: ${rows.join(', ')}` : `${state}: ${error.message}`;
  return [started, { at: endedAt, source: 'job', text: `${what}: ${words}` }];
}

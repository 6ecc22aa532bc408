import { appendFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Crawl } from '../platform/crawlers.ts';

type CrawlLine = Pick<Crawl, 'id'> & Partial<Omit<Crawl, 'id'>>;

/** The crawls of each crawler as a file of JSON lines: one when a crawl begins, one when it ends. */
export function openCrawlRecords({ folder }: { readonly folder: string }) {
  const add = async (crawler: string, line: CrawlLine): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await appendFile(join(folder, `${crawler}.jsonl`), `${JSON.stringify(line)}\n`, { mode: 0o600 });
  };
  const mark = (crawler: string): string => join(folder, `${crawler}.stop`);
  return {
    async begin(crawler: string, line: { readonly id: string; readonly startedAt: string }): Promise<void> {
      await add(crawler, line);
      await rm(mark(crawler), { force: true });
    },
    end: add,
    /** One that has begun and not ended goes on when the crawler runs just now, and was killed otherwise. */
    async newest(crawler: string, now: { readonly isRunning: boolean }): Promise<Crawl[]> {
      const crawls = new Map<string, CrawlLine>();
      for (const line of await readLines(join(folder, `${crawler}.jsonl`)))
        crawls.set(line.id ?? '', { ...crawls.get(line.id ?? ''), ...line });
      const all = [...crawls.values()].reverse();
      return all.map((line, index) => crawlOf(line, now.isRunning && index === 0));
    },
    async askToStop(crawler: string, isRunning: boolean): Promise<boolean> {
      if (isRunning) await writeFile(mark(crawler), '', { mode: 0o600 });
      return isRunning;
    },
    isStopAsked: async (crawler: string): Promise<boolean> =>
      stat(mark(crawler)).then(
        () => true,
        () => false,
      ),
  };
}

function crawlOf(line: CrawlLine, isRunning: boolean): Crawl {
  const { id, startedAt = null, endedAt = null, summary = null, error = null } = line;
  if (line.state !== undefined) return { id, state: line.state, startedAt, endedAt, summary, error };
  const words = 'Its process was killed before the crawl ended.';
  return isRunning
    ? { id, state: 'running', startedAt, endedAt, summary, error }
    : { id, state: 'failed', startedAt, endedAt, summary, error: words };
}

async function readLines(path: string): Promise<CrawlLine[]> {
  const text = await readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as CrawlLine];
    } catch {
      // The last line of a crawl that was killed.
      return [];
    }
  });
}

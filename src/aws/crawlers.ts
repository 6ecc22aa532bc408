import type { CrawlerHistory, GlueClient, Crawler as GlueCrawler } from '@aws-sdk/client-glue';
import type { Crawl, Crawler, Crawlers } from '../platform/crawlers.ts';
import type { AwsClients } from './aws-clients.ts';
import { nameOf } from './errors.ts';

/** The crawlers of AWS Glue. */
export function openAwsCrawlers({ clients }: { readonly clients: AwsClients }): Crawlers {
  const ask = <T>(what: string, call: (glue: GlueClient) => Promise<T>): Promise<T> =>
    clients.call(what, async () => call(await clients.glue()));
  return {
    list: () => ask('list the crawlers', listCrawlers),
    find: (name) => ask(`look up the crawler ${name}`, (glue) => findCrawler(glue, name)),
    start: (name) =>
      ask(`start the crawler ${name}`, async (glue) => {
        const { StartCrawlerCommand } = await import('@aws-sdk/client-glue');
        return unless('CrawlerRunningException', glue.send(new StartCrawlerCommand({ Name: name })));
      }),
    stop: (name) =>
      ask(`stop the crawler ${name}`, async (glue) => {
        const { StopCrawlerCommand } = await import('@aws-sdk/client-glue');
        const stopped = glue.send(new StopCrawlerCommand({ Name: name }));
        return unless('CrawlerNotRunningException', stopped);
      }),
    history: (name, crawlsMax) =>
      ask(`list the crawls of ${name}`, async (glue) => {
        const { ListCrawlsCommand } = await import('@aws-sdk/client-glue');
        const answer = await glue.send(new ListCrawlsCommand({ CrawlerName: name, MaxResults: crawlsMax }));
        const crawls = (answer.Crawls ?? []).map(crawlOf);
        return crawls.sort((a, b) => ((a.startedAt ?? '') > (b.startedAt ?? '') ? -1 : 1));
      }),
  };
}

async function listCrawlers(glue: GlueClient): Promise<Crawler[]> {
  const { paginateGetCrawlers } = await import('@aws-sdk/client-glue');
  const crawlers: Crawler[] = [];
  for await (const page of paginateGetCrawlers({ client: glue }, {})) {
    crawlers.push(...(page.Crawlers ?? []).map(crawlerOf));
  }
  return crawlers.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function findCrawler(glue: GlueClient, name: string): Promise<Crawler | undefined> {
  const { GetCrawlerCommand } = await import('@aws-sdk/client-glue');
  try {
    const { Crawler: found } = await glue.send(new GetCrawlerCommand({ Name: name }));
    return found && crawlerOf(found);
  } catch (error) {
    if (nameOf(error) === 'EntityNotFoundException') return undefined;
    throw error;
  }
}

/** True when the call was taken, false when the service says that it already is so. */
async function unless(already: string, call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (nameOf(error) === already) return false;
    throw error;
  }
}

const CRAWL_STATES: Readonly<Record<string, Crawl['state']>> = {
  RUNNING: 'running',
  SUCCEEDED: 'succeeded',
  COMPLETED: 'succeeded',
  CANCELLED: 'stopped',
  STOPPED: 'stopped',
};

function crawlerOf(crawler: GlueCrawler): Crawler {
  const { Targets: targets, LastCrawl: last } = crawler;
  return {
    name: crawler.Name ?? '',
    kind: (targets?.JdbcTargets ?? []).length > 0 ? 'database' : 'files',
    state: crawler.State === 'RUNNING' ? 'running' : crawler.State === 'STOPPING' ? 'stopping' : 'ready',
    database: crawler.DatabaseName ?? null,
    targets: [
      ...(targets?.S3Targets ?? []).map(({ Path: path }) => path ?? ''),
      ...(targets?.JdbcTargets ?? []).map(
        ({ ConnectionName: connection, Path: path }) => `${connection}: ${path}`,
      ),
    ],
    schedule: crawler.Schedule?.ScheduleExpression ?? null,
    lastCrawl:
      last?.Status === undefined
        ? null
        : {
            id: null,
            state: CRAWL_STATES[last.Status] ?? 'failed',
            startedAt: last.StartTime?.toISOString() ?? null,
            endedAt: null,
            summary: null,
            error: last.ErrorMessage ?? null,
          },
  };
}

function crawlOf(crawl: CrawlerHistory): Crawl {
  return {
    id: crawl.CrawlId ?? null,
    state: CRAWL_STATES[crawl.State ?? ''] ?? 'failed',
    startedAt: crawl.StartTime?.toISOString() ?? null,
    endedAt: crawl.EndTime?.toISOString() ?? null,
    summary: crawl.Summary ?? null,
    error: crawl.ErrorMessage ?? null,
  };
}

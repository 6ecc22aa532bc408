import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { LANDING } from '../etl/lake-keys.ts';
import type { Catalog, CatalogTable } from '../platform/catalog.ts';
import type { Crawl, Crawler, Crawlers } from '../platform/crawlers.ts';
import type { Database } from '../platform/database.ts';
import type { Lake } from '../platform/lake.ts';
import type { Clock } from '../std/clock.ts';
import { messageOf } from '../std/failure.ts';
import { crawledTables, isSameTable, landedTables, summaryOf } from './crawl.ts';
import { openCrawlRecords } from './crawl-records.ts';
import { isLockHeld, withFileLock } from './file-lock.ts';
import { crawlerUnknownHere } from './jobs-errors.ts';

export interface LocalCrawlersInput {
  /** `.dp/local/crawlers`: a file a crawler. */
  readonly folder: string;
  /** Looks at the shop's database, and writes into this database of the catalog. */
  readonly shop: { readonly name: string; readonly database: string };
  /** The absolute folder of the lake. */
  readonly lakeFolder: string;
  /** Looks at landed files. */
  readonly landing: { readonly name: string; readonly database: string };
}

export interface LocalCrawlersDeps {
  readonly database: () => Promise<Database>;
  readonly lake: () => Promise<Lake>;
  readonly catalog: () => Promise<Catalog>;
  readonly clock: Clock;
}

type LookAt = () => Promise<CatalogTable[]>;

/** Crawlers of this machine, with the targets of those on AWS. A crawl takes a moment and ends before `start` does. */
export function openLocalCrawlers(input: LocalCrawlersInput, deps: LocalCrawlersDeps): Crawlers {
  const looks: Readonly<Record<string, LookAt>> = {
    [input.shop.name]: async () => crawledTables(await deps.database(), input.shop.database),
    [input.landing.name]: async () =>
      landedTables({ lake: await deps.lake(), lakeFolder: input.lakeFolder }, input.landing.database),
  };
  const records = openCrawlRecords({ folder: input.folder });
  const lockOf = (name: string): string => join(input.folder, `${name}.lock`);
  const known = (name: string): LookAt => {
    const look = Object.hasOwn(looks, name) ? looks[name] : undefined;
    if (look === undefined) throw crawlerUnknownHere(name, Object.keys(looks));
    return look;
  };
  const history = async (name: string, crawlsMax: number): Promise<Crawl[]> => {
    const isRunning = await isLockHeld(lockOf(name));
    return (await records.newest(name, { isRunning })).slice(0, crawlsMax);
  };
  const describe = async (name: string, more: Pick<Crawler, 'kind' | 'database' | 'targets'>) => ({
    name,
    ...more,
    state: (await isLockHeld(lockOf(name))) ? ('running' as const) : ('ready' as const),
    schedule: null,
    lastCrawl: (await history(name, 1))[0] ?? null,
  });
  const list = async (): Promise<Crawler[]> => [
    await describe(input.shop.name, {
      kind: 'database',
      database: input.shop.database,
      targets: [`${(await deps.database()).name}.*`],
    }),
    await describe(input.landing.name, {
      kind: 'files',
      database: input.landing.database,
      targets: [`${(await deps.lake()).root}${LANDING}`],
    }),
  ];
  return {
    list,
    find: async (name) => (await list()).find((one) => one.name === name),
    async start(name) {
      const look = known(name);
      if (await isLockHeld(lockOf(name))) return false;
      const database = name === input.shop.name ? input.shop.database : input.landing.database;
      const lock = { path: lockOf(name), purpose: `crawl with ${name}`, timeoutMs: 0 };
      await withFileLock(lock, () => crawl({ name, database, look }, { ...deps, records }));
      return true;
    },
    async stop(name) {
      known(name);
      return records.askToStop(name, await isLockHeld(lockOf(name)));
    },
    history: async (name, crawlsMax) => {
      known(name);
      return history(name, crawlsMax);
    },
  };
}

async function crawl(
  { name, database, look }: { readonly name: string; readonly database: string; readonly look: LookAt },
  deps: LocalCrawlersDeps & { readonly records: ReturnType<typeof openCrawlRecords> },
): Promise<void> {
  const isoNow = (): string => new Date(deps.clock.now()).toISOString();
  const id = randomUUID();
  await deps.records.begin(name, { id, startedAt: isoNow() });
  try {
    const catalog = await deps.catalog();
    await catalog.ensureDatabase(database);
    const before = await catalog.listTables(database);
    const after = await look();
    const isStopped = await deps.records.isStopAsked(name);
    if (!isStopped) await writeDown(catalog, { before, after });
    const summary = isStopped ? null : summaryOf(before, after);
    await deps.records.end(name, {
      id,
      endedAt: isoNow(),
      state: isStopped ? 'stopped' : 'succeeded',
      summary,
    });
  } catch (error) {
    const words = messageOf(error);
    await deps.records.end(name, { id, endedAt: isoNow(), state: 'failed', summary: null, error: words });
    throw error;
  }
}

/** Tables that are gone are gone from the catalog too. */
async function writeDown(
  catalog: Catalog,
  { before, after }: { readonly before: readonly CatalogTable[]; readonly after: readonly CatalogTable[] },
): Promise<void> {
  for (const table of after) {
    const was = before.find(({ name }) => name === table.name);
    if (was === undefined || !isSameTable(was, table)) await catalog.putTable(table);
  }
  for (const { database, name } of before.filter((was) => !after.some((table) => table.name === was.name)))
    await catalog.deleteTable({ database, table: name });
}

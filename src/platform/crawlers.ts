/** What looks at databases and files and writes down the schema it finds. */

export interface Crawler {
  readonly name: string;
  readonly kind: 'database' | 'files';
  readonly state: 'ready' | 'running' | 'stopping';
  /** The catalog's database that it writes what it finds into. */
  readonly database: string | null;
  readonly targets: readonly string[];
  /** A cron expression in UTC; null for crawlers that only run when asked. */
  readonly schedule: string | null;
  readonly lastCrawl: Crawl | null;
}

export interface Crawl {
  readonly id: string | null;
  readonly state: 'running' | 'succeeded' | 'stopped' | 'failed';
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** What changed in the catalog, in the service's words. */
  readonly summary: string | null;
  readonly error: string | null;
}

/** Parameter of a crawled table whose crawler knows it: the columns that are never NULL, between commas. */
export const NOT_NULL = 'dp.not_null';

export interface Crawlers {
  list(): Promise<Crawler[]>;
  find(name: string): Promise<Crawler | undefined>;
  /** False when it runs already. A crawl on AWS goes on after this; one here has ended. */
  start(name: string): Promise<boolean>;
  /** False when it does not run. */
  stop(name: string): Promise<boolean>;
  /** Newest first. */
  history(name: string, crawlsMax: number): Promise<Crawl[]>;
}

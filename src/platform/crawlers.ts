/** What looks at databases and files and writes down the schema it finds. */

export interface Crawler {
  readonly name: string;
  readonly state: 'ready' | 'running' | 'stopping';
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

export interface Crawlers {
  list(): Promise<Crawler[]>;
  find(name: string): Promise<Crawler | undefined>;
  /** False when it runs already. */
  start(name: string): Promise<boolean>;
  /** False when it does not run. */
  stop(name: string): Promise<boolean>;
  /** Newest first. */
  history(name: string, crawlsMax: number): Promise<Crawl[]>;
}

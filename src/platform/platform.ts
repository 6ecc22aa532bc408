import type { Catalog } from './catalog.ts';
import type { Costs } from './costs.ts';
import type { Crawlers } from './crawlers.ts';
import type { Database } from './database.ts';
import type { Engine, EngineChoice } from './engine.ts';
import type { Hop } from './hops.ts';
import type { Images } from './images.ts';
import type { Jobs } from './jobs.ts';
import type { Journal } from './journal.ts';
import type { Lake } from './lake.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Logs } from './logs.ts';
import type { QueryHistory } from './query-history.ts';
import type { Schedule } from './schedule.ts';
import type { Secrets } from './secrets.ts';
import type { Sessions } from './sessions.ts';
import type { ShopApi } from './shop-api.ts';
import type { Stacks } from './stacks.ts';
import type { Warehouse } from './warehouse.ts';

/**
 * Everything dp operates in one environment. Each port is made when it is first asked for, at most once,
 * so that a command loads only what it uses.
 */
export interface Platform extends AsyncDisposable {
  /** `local`, `staging`, `production`, … */
  readonly environment: string;
  lifecycle(): Promise<Lifecycle>;
  /** What must work on AWS besides the ports, by name. The local environment has none. */
  hops(): Promise<readonly Hop[]>;
  database(): Promise<Database>;
  lake(): Promise<Lake>;
  catalog(): Promise<Catalog>;
  /** The engine that moves days; `duckdb` here and `spark` on AWS unless another is chosen. */
  engine(choice?: EngineChoice): Promise<Engine>;
  /** What loads days apart from this process: Glue's job, or processes of this machine. */
  jobs(): Promise<Jobs>;
  crawlers(): Promise<Crawlers>;
  schedule(): Promise<Schedule>;
  warehouse(): Promise<Warehouse>;
  /** Queries that ran before, and saved ones. */
  history(): Promise<QueryHistory>;
  shopApi(): Promise<ShopApi>;
  /** What it has cost. */
  costs(): Promise<Costs>;
  /** What its parts say of themselves. */
  logs(): Promise<Logs>;
  /** What dp changed here. */
  journal(): Promise<Journal>;
  /** The logins of the database, and their rotation. */
  secrets(): Promise<Secrets>;
  /** Ways to the private database from this machine. */
  sessions(): Promise<Sessions>;
  /** What the platform is made of on AWS. The local environment has none. */
  stacks(): Promise<Stacks>;
  /** Images of the Shop API. The local environment has none: it runs the code itself. */
  images(): Promise<Images>;
}

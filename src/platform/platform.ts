import type { Catalog } from './catalog.ts';
import type { Database } from './database.ts';
import type { Engine } from './engine.ts';
import type { Lake } from './lake.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Secrets } from './secrets.ts';
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
  database(): Promise<Database>;
  lake(): Promise<Lake>;
  catalog(): Promise<Catalog>;
  engine(): Promise<Engine>;
  warehouse(): Promise<Warehouse>;
  shopApi(): Promise<ShopApi>;
  secrets(): Promise<Secrets>;
  /** What the platform is made of on AWS. The local environment has none. */
  stacks(): Promise<Stacks>;
}

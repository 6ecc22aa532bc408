import type { SqlSession } from '../platform/database.ts';
import { shopNotEmpty } from './errors.ts';
import { generateTable } from './generate/generate-shop.ts';
import { planShop, type ShopParameters } from './generate/shop-parameters.ts';
import { type ShopTable, shopColumns, shopTables } from './generate/shop-rows.ts';
import { loadRows } from './load-rows.ts';
import { withNamedLock } from './named-lock.ts';

export interface SeedShopInput extends ShopParameters {
  /** Delete a shop that is there already. Without it only an empty or half-loaded one is filled. */
  readonly replace: boolean;
  readonly signal?: AbortSignal;
}

export interface SeedShopDeps {
  /** As a user who may write every table and truncate them. */
  readonly session: SqlSession;
  /** Told every PROGRESS_ROWS rows and at the end. */
  readonly notify?: (progress: SeedProgress) => void;
}

/** Orders go in first, then their items: each is counted through once. */
export interface SeedProgress {
  readonly done: number;
  readonly total: number;
  readonly what: 'orders' | 'orders with their items';
}

export interface SeedShopResult {
  /** False when exactly this shop was there already. */
  readonly changed: boolean;
  /** Rows loaded per table; all zero when nothing changed. */
  readonly rows: Readonly<Record<ShopTable, number>>;
}

const PROGRESS_ROWS = 20_000;
const LOCK = { name: 'dp.shop.seed', waitSeconds: 5, purpose: 'seed the shop' };
/** Where an item says which order it belongs to. Orders are numbered from 1, in order; deleted ones leave gaps. */
const ORDER_ID = shopColumns.order_items.indexOf('order_id');
const SEEDED_TABLES = ['order_items', 'orders', 'products', 'customers', 'idempotency_keys'] as const;

/**
 * Fills the shop with generated rows. A row in `seed_runs` says `loading` until all is there, so that an interrupted
 * load is recognised and starts over. The migrations must have been applied.
 */
export async function seedShop(input: SeedShopInput, deps: SeedShopDeps): Promise<SeedShopResult> {
  planShop(input);
  const { session } = deps;
  return withNamedLock(LOCK, session, async () => {
    const found = await describeSeed(session);
    if (found.state === 'complete' && isSameShop(found.parameters, input) && !input.replace) {
      return { changed: false, rows: noRows() };
    }
    if (!input.replace && found.state === 'complete') {
      throw shopNotEmpty({ found: `it holds ${shopText(found.parameters)}` });
    }
    if (!input.replace && found.state === 'foreign') {
      throw shopNotEmpty({ found: 'it holds rows that no seed made' });
    }
    await beginLoading(input, session);
    const rows = await loadTables(input, deps);
    await session.query(
      `UPDATE seed_runs SET state = 'complete', completed_at = UTC_TIMESTAMP(6) WHERE id = 1`,
    );
    return { changed: true, rows };
  });
}

export type SeedDescription =
  | { readonly state: 'empty' }
  /** Rows, but no seed: somebody's own data. */
  | { readonly state: 'foreign' }
  | { readonly state: 'loading' | 'complete'; readonly parameters: ShopParameters };

/** What the shop holds, for deploy and status. Changes nothing. */
export async function describeSeed(session: SqlSession): Promise<SeedDescription> {
  const { rows } = await session.query(
    "SELECT state, seed, orders, days, DATE_FORMAT(last_day, '%Y-%m-%d') FROM seed_runs WHERE id = 1",
  );
  const row = rows[0];
  if (row === undefined) {
    const some = await session.query(
      'SELECT EXISTS (SELECT 1 FROM customers) OR EXISTS (SELECT 1 FROM products)',
    );
    return { state: some.rows[0]?.[0] === '1' ? 'foreign' : 'empty' };
  }
  const [state, seed, orders, days, lastDay] = row;
  const parameters = {
    seed: Number(seed),
    orders: Number(orders),
    days: Number(days),
    lastDay: lastDay ?? '',
  };
  return { state: state === 'complete' ? 'complete' : 'loading', parameters };
}

function isSameShop(a: ShopParameters, b: ShopParameters): boolean {
  return a.seed === b.seed && a.orders === b.orders && a.days === b.days && a.lastDay === b.lastDay;
}

function shopText(shop: ShopParameters): string {
  return `${shop.orders} orders of ${shop.days} days up to ${shop.lastDay}, made from seed ${shop.seed}`;
}

/** The mark goes in before the first row goes out: from here to the end the shop is known to be incomplete. */
async function beginLoading(input: SeedShopInput, session: SqlSession): Promise<void> {
  await session.query(
    `REPLACE INTO seed_runs (id, state, seed, orders, days, last_day, started_at)
     VALUES (1, 'loading', ?, ?, ?, ?, UTC_TIMESTAMP(6))`,
    [input.seed, input.orders, input.days, input.lastDay],
  );
  // Generated rows keep every constraint, so the server need not look each parent up again.
  await session.query('SET SESSION foreign_key_checks = 0, SESSION unique_checks = 0');
  for (const table of SEEDED_TABLES) await session.query(`TRUNCATE TABLE ${table}`);
}

/**
 * One table after the other, each from its own run of the generator: making rows is ten times as fast as loading
 * them, and a table loaded in one statement takes half the time of one loaded in turns with another.
 */
async function loadTables(input: SeedShopInput, deps: SeedShopDeps): Promise<Record<ShopTable, number>> {
  const { session } = deps;
  const rows = noRows();
  let total = 0;
  let withItems = 0;
  const notify = (): void =>
    deps.notify?.(
      rows.order_items === 0
        ? { done: rows.orders, total: input.orders, what: 'orders' }
        : { done: withItems, total: input.orders, what: 'orders with their items' },
    );
  const counted = function* (
    table: ShopTable,
  ): Generator<readonly (string | number | null)[], void, undefined> {
    for (const values of generateTable(input, table)) {
      rows[table]++;
      total++;
      if (table === 'order_items') withItems = Math.min(Number(values[ORDER_ID]), input.orders);
      if (total % PROGRESS_ROWS === 0) notify();
      input.signal?.throwIfAborted();
      yield values;
    }
  };
  try {
    for (const table of shopTables) {
      await loadRows({ table, columns: shopColumns[table], rows: counted(table) }, session);
    }
  } finally {
    await session
      .query('SET SESSION foreign_key_checks = 1, SESSION unique_checks = 1')
      .catch(() => undefined);
  }
  notify();
  return rows;
}

function noRows(): Record<ShopTable, number> {
  return { customers: 0, products: 0, orders: 0, order_items: 0 };
}

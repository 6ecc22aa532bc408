import { join } from 'node:path';
import { packageRoot } from '../config/package-root.ts';
import { addDays, dayAt } from '../etl/business-day.ts';
import { migrate } from '../shop/migrate.ts';
import { readMigrations } from '../shop/read-migrations.ts';
import { describeSeed, type SeedProgress, seedShop } from '../shop/seed-shop.ts';
import type { Clock } from '../std/clock.ts';
import type { ShopSteps } from './lifecycle.ts';

/** The shop's part of a deploy: its migrations, and generated orders up to and including yesterday. */
export function openShopSteps(deps: {
  readonly clock: Clock;
  readonly migrationsFolder?: string;
}): ShopSteps {
  const folder = deps.migrationsFolder ?? join(packageRoot(), 'src', 'shop', 'migrations');
  return {
    async migrate(admin) {
      return migrate(admin, await readMigrations(folder));
    },
    async seed({ lastDay, ...request }, { admin, notify }) {
      return seedShop(
        { ...request, lastDay: lastDay ?? yesterdayInJapan(deps.clock) },
        { session: admin, notify: (at) => notify(progressText(at), at) },
      );
    },
    async seedWhenEmpty(request, { admin, notify }) {
      const found = await describeSeed(admin);
      // A half-loaded shop is loaded again: no rows of anybody's own can be in it.
      if (request.orders === 0 || (found.state !== 'empty' && found.state !== 'loading')) return undefined;
      const { orders, days, seed, signal } = request;
      notify(`Making ${orders} orders of ${days} days`);
      const lastDay = yesterdayInJapan(deps.clock);
      const { rows } = await seedShop(
        { orders, days, seed, lastDay, replace: false, ...(signal === undefined ? {} : { signal }) },
        { session: admin, notify: (at) => notify(progressText(at), at) },
      );
      return `Made ${rows.orders} orders with ${rows.order_items} items, up to ${lastDay}`;
    },
  };
}

function progressText({ done, total, what }: SeedProgress): string {
  return `${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} ${what}`;
}

/** The last day that is over: the shop closes at midnight in Japan. */
function yesterdayInJapan(clock: Clock): string {
  return addDays(dayAt(clock.now()), -1);
}

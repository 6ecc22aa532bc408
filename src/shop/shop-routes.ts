import type { Route } from './route.ts';
import { customerRoutes } from './routes/customers.ts';
import { healthRoutes } from './routes/health.ts';
import { orderRoutes } from './routes/orders.ts';
import { productRoutes } from './routes/products.ts';

/** Everything the Shop API can do, in the order of its document. */
export const shopRoutes: readonly Route[] = [
  ...productRoutes,
  ...customerRoutes,
  ...orderRoutes,
  ...healthRoutes,
];

import { generateCustomers } from './generate-customers.ts';
import { generateOrders } from './generate-orders.ts';
import { generateProducts, type PricedProduct } from './generate-products.ts';
import { planShop, type ShopParameters } from './shop-parameters.ts';
import type { ShopRow } from './shop-rows.ts';

/**
 * Every row of the shop, one at a time and parents before children: customers, products, then each order followed
 * by its items. Holds the products' prices in memory (at most 5,000) and nothing that grows with the orders.
 */
export function* generateShop(parameters: ShopParameters): Generator<ShopRow, void, undefined> {
  const plan = planShop(parameters);
  yield* generateCustomers(plan);
  const products: PricedProduct[] = [];
  for (const { row, product } of generateProducts(plan)) {
    products.push(product);
    yield row;
  }
  yield* generateOrders(plan, products);
}

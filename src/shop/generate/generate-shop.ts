import { generateCustomers } from './generate-customers.ts';
import { generateOrders } from './generate-orders.ts';
import { generateProducts, type PricedProduct } from './generate-products.ts';
import { planShop, type ShopParameters } from './shop-parameters.ts';
import type { ShopRow, ShopTable } from './shop-rows.ts';

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

/** The rows of one table, the same as in the whole shop. */
export function* generateTable(
  parameters: ShopParameters,
  table: ShopTable,
): Generator<ShopRow['values'], void, undefined> {
  const plan = planShop(parameters);
  if (table === 'customers') {
    for (const row of generateCustomers(plan)) yield row.values;
    return;
  }
  const products: PricedProduct[] = [];
  for (const { row, product } of generateProducts(plan)) {
    products.push(product);
    if (table === 'products') yield row.values;
  }
  if (table === 'products') return;
  for (const row of generateOrders(plan, products)) if (row.table === table) yield row.values;
}

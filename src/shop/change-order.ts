import { mayBecome, type OrderStatus, returnsStock } from './order-rules.ts';
import { notFound, statusChangeRefused } from './problems.ts';
import type { Order, ShopStore, ShopTransaction } from './store.ts';

/**
 * Moves an order on, cancels or refunds it. Goods of a cancelled or refunded order go back into stock, once:
 * asking for the status an order has already changes nothing, so that a retry is harmless.
 */
export async function changeOrderStatus(
  input: { readonly orderId: number; readonly status: OrderStatus },
  deps: { readonly store: ShopStore },
): Promise<Order> {
  const { orderId, status } = input;
  await deps.store.change(async (transaction) => {
    const found = await transaction.lockOrder(orderId);
    if (found === undefined) throw notFound('order', orderId);
    if (found.status === status) return;
    if (!mayBecome(found.status, status)) throw statusChangeRefused(found.status, status);
    if (returnsStock(status)) await restoreStock(orderId, transaction);
    await transaction.setStatus(orderId, status);
  });
  const order = await deps.store.findOrder(orderId);
  if (order === undefined) throw notFound('order', orderId);
  return order;
}

async function restoreStock(orderId: number, transaction: ShopTransaction): Promise<void> {
  const lines = await transaction.orderedQuantities(orderId);
  // The locks are taken in the same order as placing an order takes them: no deadlock between the two.
  await transaction.lockProducts(lines.map((line) => line.productId));
  await transaction.addStock(lines.map(({ productId, quantity }) => ({ productId, by: quantity })));
}

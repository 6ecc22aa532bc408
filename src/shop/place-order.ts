import { createHash } from 'node:crypto';
import { formatMoney, MONEY_MAX, parseMoney } from './order-rules.ts';
import { idempotencyKeyReused, notFound, orderTooLarge, outOfStock, productInactive } from './problems.ts';
import type { LockedProduct, NewLine, Order, ShopStore, ShopTransaction } from './store.ts';

export interface PlaceOrderInput {
  readonly customerId: number;
  readonly items: readonly { readonly productId: number; readonly quantity: number }[];
  readonly channel: string;
  readonly paymentMethod: string | null;
  readonly note: string | null;
  /** Undefined: two equal requests are two orders. */
  readonly idempotencyKey?: string;
}

export interface PlaceOrderResult {
  readonly order: Order;
  /** True when an earlier request with this key had placed the order; it is given as it is now. */
  readonly replayed: boolean;
}

/**
 * Places an order with its items and takes them from stock, all or nothing. The key is claimed in the same
 * transaction, so that a retry waits for the first request's end and then finds its order.
 */
export async function placeOrder(
  input: PlaceOrderInput,
  deps: { readonly store: ShopStore },
): Promise<PlaceOrderResult> {
  const placed = await deps.store.change((transaction) => place(input, transaction));
  if (input.idempotencyKey !== undefined) await deps.store.forgetOldKeys();
  if (typeof placed !== 'number') return { order: placed, replayed: false };
  const order = await deps.store.findOrder(placed);
  if (order === undefined) throw notFound('order', placed);
  return { order, replayed: true };
}

/** The new order, or the id of the one that the same key placed before. */
async function place(input: PlaceOrderInput, transaction: ShopTransaction): Promise<Order | number> {
  const { idempotencyKey: key } = input;
  if (key !== undefined) {
    const requestHash = hashRequest(input);
    const used = await transaction.claimKey({ key, requestHash });
    if (used !== undefined) {
      if (used.requestHash !== requestHash) throw idempotencyKeyReused();
      return used.orderId;
    }
  }
  const wanted = quantitiesByProduct(input.items);
  const { now, products } = await transaction.lockProducts([...wanted.keys()]);
  const known = new Map(products.map((product) => [product.id, product]));
  const changes = [...wanted].map(([id, quantity]) => {
    requireStock(known.get(id), { id, quantity });
    return { productId: id, by: -quantity };
  });
  const lines = priceLines(input.items, known);
  const total = lines.reduce((sum, line) => sum + parseMoney(line.lineAmount), 0n);
  if (total > MONEY_MAX) throw orderTooLarge();
  await transaction.addStock(changes);
  const { customerId, channel, paymentMethod, note } = input;
  const newOrder = { customerId, channel, paymentMethod, note, totalAmount: formatMoney(total), now };
  const orderId = await transaction.insertOrder(newOrder);
  if (orderId === undefined) throw notFound('customer', customerId);
  await transaction.insertItems(orderId, lines, now);
  if (key !== undefined) await transaction.rememberOrder(key, orderId);
  const { now: _, ...recorded } = newOrder;
  return { id: orderId, ...recorded, status: 'pending', createdAt: now, updatedAt: now, items: lines };
}

/** Two lines may name the same product; what counts for the stock is their sum. Sorted, so that locks never cross. */
function quantitiesByProduct(items: PlaceOrderInput['items']): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { productId, quantity } of [...items].sort((a, b) => a.productId - b.productId)) {
    sums.set(productId, (sums.get(productId) ?? 0) + quantity);
  }
  return sums;
}

function requireStock(
  product: LockedProduct | undefined,
  wanted: { readonly id: number; readonly quantity: number },
): asserts product is LockedProduct {
  if (product === undefined) throw notFound('product', wanted.id);
  if (!product.active) throw productInactive(wanted.id);
  if (product.stock >= wanted.quantity) return;
  throw outOfStock({ id: wanted.id, wanted: wanted.quantity, stock: product.stock });
}

function priceLines(
  items: PlaceOrderInput['items'],
  products: ReadonlyMap<number, LockedProduct>,
): NewLine[] {
  return items.map(({ productId, quantity }, index) => {
    const unitPrice = products.get(productId)?.price ?? '0.00';
    const lineAmount = parseMoney(unitPrice) * BigInt(quantity);
    if (lineAmount > MONEY_MAX) throw orderTooLarge();
    return { lineNumber: index + 1, productId, quantity, unitPrice, lineAmount: formatMoney(lineAmount) };
  });
}

/** Of what the client asked for, key aside; fields in a fixed order. */
function hashRequest(input: PlaceOrderInput): string {
  const { customerId, items, channel, paymentMethod, note } = input;
  const lines = items.map(({ productId, quantity }) => [productId, quantity]);
  const asked = JSON.stringify([customerId, lines, channel, paymentMethod, note]);
  return createHash('sha256').update(asked).digest('hex');
}

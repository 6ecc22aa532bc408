import { createHash } from 'node:crypto';
import { createInGroups } from './in-groups.ts';
import { formatMoney, MONEY_MAX, parseMoney } from './order-rules.ts';
import { Problem } from './problem.ts';
import { idempotencyKeyReused, notFound, orderTooLarge, outOfStock, productInactive } from './problems.ts';
import type { LockedProduct, NewLine, NewOrder, Order, ShopStore, ShopTransaction } from './store.ts';

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

export type PlaceOrder = (input: PlaceOrderInput) => Promise<PlaceOrderResult>;

/** Several groups, so that one that waits for a product somebody else has locked does not stop all others. */
const GROUPS = { inputsMax: 25, groupsMax: 4 };

/**
 * Places orders with their items and takes them from stock, each all or nothing. Orders that come at once share a
 * transaction: six statements for all of them instead of each. The key is claimed in the same transaction, so that a
 * retry waits for the first request's end and then finds its order.
 */
export function createPlaceOrder(deps: { readonly store: ShopStore }): PlaceOrder {
  const { store } = deps;
  const limits = { ...GROUPS, keyOf: ({ idempotencyKey }: PlaceOrderInput) => idempotencyKey };
  const place = createInGroups(limits, (inputs: readonly PlaceOrderInput[]) => placeGroup(inputs, store));
  return async (input) => {
    const placed = await place(input);
    if (input.idempotencyKey !== undefined) await store.forgetOldKeys();
    if (typeof placed !== 'number') return { order: placed, replayed: false };
    const order = await store.findOrder(placed);
    if (order === undefined) throw notFound('order', placed);
    return { order, replayed: true };
  };
}

/** The new order; the id of the one that the same key placed before; or why there is none. */
type Outcome = Order | number | Error;

/** Of a group that fails, the halves are tried: the others do not pay for the one that was wrong. Never throws. */
async function placeGroup(inputs: readonly PlaceOrderInput[], store: ShopStore): Promise<Outcome[]> {
  try {
    return await store.change((transaction) => placeTogether(inputs, transaction));
  } catch (error) {
    // A problem is everybody's: the database is away.
    if (inputs.length === 1 || error instanceof Problem) return inputs.map(() => error as Error);
    const middle = inputs.length >> 1;
    const first = await placeGroup(inputs.slice(0, middle), store);
    return [...first, ...(await placeGroup(inputs.slice(middle), store))];
  }
}

async function placeTogether(
  inputs: readonly PlaceOrderInput[],
  transaction: ShopTransaction,
): Promise<Outcome[]> {
  const used = await claimKeys(inputs, transaction);
  const open = inputs.filter((input) => !used.has(input));
  if (open.length === 0) return inputs.map((input) => used.get(input) ?? withoutOutcome());
  const { now, products } = await transaction.lockProducts(productIdsOf(open));
  const shelf = new Map(products.map((product) => [product.id, { ...product, left: product.stock }]));
  const outcomes = new Map<PlaceOrderInput, Outcome>(used);
  const accepted: { input: PlaceOrderInput; lines: NewLine[]; total: string }[] = [];
  for (const input of open) {
    try {
      accepted.push({ input, ...takeFromShelf(input, shelf) });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      outcomes.set(input, error);
    }
  }
  await freeKeys(
    open.filter((input) => outcomes.has(input)),
    transaction,
  );
  for (const { input, order } of await record(accepted, { now, shelf }, transaction)) {
    outcomes.set(input, order);
  }
  return inputs.map((input) => outcomes.get(input) ?? withoutOutcome());
}

function withoutOutcome(): Error {
  return new Error('bug: an order without an outcome');
}

/** What is known of those whose key was used before. */
async function claimKeys(
  inputs: readonly PlaceOrderInput[],
  transaction: ShopTransaction,
): Promise<Map<PlaceOrderInput, Outcome>> {
  const outcomes = new Map<PlaceOrderInput, Outcome>();
  const claims = inputs.flatMap((input) => {
    const { idempotencyKey: key } = input;
    return key === undefined ? [] : [{ input, key, requestHash: hashRequest(input) }];
  });
  if (claims.length === 0) return outcomes;
  const used = await transaction.claimKeys(claims);
  for (const { input, key, requestHash } of claims) {
    const found = used.get(key);
    if (found === undefined) continue;
    outcomes.set(input, found.requestHash === requestHash ? found.orderId : idempotencyKeyReused());
  }
  return outcomes;
}

/** The keys of orders that were refused: they may be used again. */
async function freeKeys(inputs: readonly PlaceOrderInput[], transaction: ShopTransaction): Promise<void> {
  const keys = inputs.flatMap(({ idempotencyKey }) => idempotencyKey ?? []);
  if (keys.length > 0) await transaction.freeKeys(keys);
}

async function record(
  accepted: readonly { input: PlaceOrderInput; lines: NewLine[]; total: string }[],
  found: { readonly now: string; readonly shelf: ReadonlyMap<number, ShelfProduct> },
  transaction: ShopTransaction,
): Promise<{ input: PlaceOrderInput; order: Order }[]> {
  if (accepted.length === 0) return [];
  const { now } = found;
  const changes = [...found.shelf.values()].map(({ id, left, stock }) => ({
    productId: id,
    by: left - stock,
  }));
  await transaction.addStock(changes.filter(({ by }) => by !== 0));
  const orders = accepted.map(({ input, total }) => {
    const { customerId, channel, paymentMethod, note } = input;
    return { customerId, channel, paymentMethod, note, totalAmount: total };
  });
  const ids = await transaction.insertOrders(orders, now);
  // Only a lone order tells whose customer it is that is missing.
  if (ids === undefined) throw notFoundCustomer(accepted.map(({ input }) => input.customerId));
  const placed = accepted.map(({ input, lines }, index) => {
    const id = ids[index] ?? 0;
    const { idempotencyKey: key } = input;
    return { input, key, id, lines, order: orders[index] as NewOrder };
  });
  await transaction.insertItems(
    placed.map(({ id, lines }) => ({ orderId: id, lines })),
    now,
  );
  const keyed = placed.flatMap(({ key, id }) => (key === undefined ? [] : [{ key, orderId: id }]));
  if (keyed.length > 0) await transaction.rememberOrders(keyed);
  return placed.map(({ input, id, lines, order }) => ({
    input,
    order: { id, ...order, status: 'pending', createdAt: now, updatedAt: now, items: lines },
  }));
}

function notFoundCustomer(customerIds: readonly number[]): Error {
  const [id, ...others] = customerIds;
  if (id === undefined || others.length > 0) return new Error('a customer of these orders is missing');
  return notFound('customer', id);
}

/** What is left of a product while the orders of a group take from it. */
type ShelfProduct = LockedProduct & { left: number };

/** Takes an order's items from the shelf, all or none. Throws the problem that stands against it. */
function takeFromShelf(
  input: PlaceOrderInput,
  shelf: ReadonlyMap<number, ShelfProduct>,
): { lines: NewLine[]; total: string } {
  const wanted = quantitiesByProduct(input.items);
  for (const [id, quantity] of wanted) requireStock(shelf.get(id), { id, quantity });
  const lines = priceLines(input.items, shelf);
  const total = lines.reduce((sum, line) => sum + parseMoney(line.lineAmount), 0n);
  if (total > MONEY_MAX) throw orderTooLarge();
  for (const [id, quantity] of wanted) {
    const product = shelf.get(id);
    if (product !== undefined) product.left -= quantity;
  }
  return { lines, total: formatMoney(total) };
}

/** Sorted, so that locks never cross. */
function productIdsOf(inputs: readonly PlaceOrderInput[]): number[] {
  const ids = new Set(inputs.flatMap(({ items }) => items.map(({ productId }) => productId)));
  return [...ids].sort((a, b) => a - b);
}

/** Two lines may name the same product; what counts for the stock is their sum. */
function quantitiesByProduct(items: PlaceOrderInput['items']): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { productId, quantity } of items) {
    sums.set(productId, (sums.get(productId) ?? 0) + quantity);
  }
  return sums;
}

function requireStock(
  product: ShelfProduct | undefined,
  wanted: { readonly id: number; readonly quantity: number },
): asserts product is ShelfProduct {
  if (product === undefined) throw notFound('product', wanted.id);
  if (!product.active) throw productInactive(wanted.id);
  if (product.left >= wanted.quantity) return;
  throw outOfStock({ id: wanted.id, wanted: wanted.quantity, stock: product.left });
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

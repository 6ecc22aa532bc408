import { createRandom, type Random } from '../../std/random.ts';
import { customersBy } from './generate-customers.ts';
import type { PricedProduct } from './generate-products.ts';
import { moneyText } from './money-text.ts';
import { orderTime, planOrderDays } from './order-calendar.ts';
import { liveOrder } from './order-life.ts';
import { pickOrderNote } from './order-notes.ts';
import type { ShopPlan } from './shop-parameters.ts';
import type { ShopRow } from './shop-rows.ts';
import { formatUtc, type Micros } from './utc-text.ts';
import { createWeightedChoice, type WeightedChoice, zipfWeights } from './weighted-choice.ts';

/** For each order that exists, how many before it were deleted for good: their ids are gaps. */
const DELETED_SHARE = 0.004;
/** Half of the orders come from regular customers, who registered early. */
const REGULARS_SHARE = 0.5;
const ITEMS_WEIGHTS = [25, 28, 22, 13, 8, 4];
const QUANTITY_WEIGHTS = [70, 18, 6, 3, 2, 1];
/** Members get 2.5 % off some lines, which leaves fractions of a yen. */
const DISCOUNTED_SHARE = 0.03;
const DISCOUNT_PER_MILLE = 25;

const channels = ['web', 'app', 'store', 'phone'] as const;
const channelChoice = createWeightedChoice([52, 33, 12, 3]);
const payments = ['card', 'konbini', 'qr', 'bank_transfer', 'cash_on_delivery', null] as const;
const paymentChoice = createWeightedChoice([58, 14, 16, 6, 4, 2]);
const itemsChoice = createWeightedChoice(ITEMS_WEIGHTS);
const quantityChoice = createWeightedChoice(QUANTITY_WEIGHTS);

interface Basket {
  readonly random: Random;
  readonly popularity: WeightedChoice;
  /** Best seller first. */
  readonly ranked: readonly PricedProduct[];
}

interface Line {
  readonly product: PricedProduct;
  readonly quantity: number;
  readonly unitPrice: number;
}

/** Orders in order of time, each followed by its items. Ids grow with time, with gaps where orders were deleted. */
export function* generateOrders(
  plan: ShopPlan,
  products: readonly PricedProduct[],
): Generator<ShopRow, void, undefined> {
  const random = createRandom(plan.seed, 'orders');
  const basket: Basket = {
    random: createRandom(plan.seed, 'order_items'),
    popularity: createWeightedChoice(zipfWeights(products.length)),
    ranked: shuffle(products, createRandom(plan.seed, 'popularity')),
  };
  let orderId = 0;
  let itemId = 0;
  for (const day of planOrderDays(plan, createRandom(plan.seed, 'days'))) {
    for (let position = 0; position < day.orders; position++) {
      orderId++;
      while (random.chance(DELETED_SHARE)) {
        itemId += pickLines(basket, day.start).length;
        orderId++;
      }
      const createdAt = orderTime(day, position, random);
      const lines = pickLines(basket, createdAt);
      const order = orderRow(plan, orderId, createdAt, lines, random);
      yield order;
      const createdText = order.values[7] as string;
      for (let index = 0; index < lines.length; index++) {
        yield itemRow(++itemId, orderId, index + 1, lines[index] as Line, createdText);
      }
    }
  }
}

function orderRow(
  plan: ShopPlan,
  id: number,
  createdAt: Micros,
  lines: readonly Line[],
  random: Random,
): ShopRow {
  const state = liveOrder(createdAt, plan.now, random);
  const payment = payments[paymentChoice.index(random.fraction())] ?? null;
  let total = 0;
  for (const line of lines) total += line.quantity * line.unitPrice;
  const values = [
    id,
    pickCustomer(plan, createdAt, random),
    state.status,
    channels[channelChoice.index(random.fraction())] ?? 'web',
    // Whoever paid has chosen how.
    payment === null && state.status !== 'pending' && state.status !== 'cancelled' ? 'card' : payment,
    moneyText(total),
    pickOrderNote(random),
    formatUtc(createdAt),
    formatUtc(state.updatedAt),
  ];
  return { table: 'orders', values };
}

function itemRow(id: number, orderId: number, lineNumber: number, line: Line, createdAt: string): ShopRow {
  const values = [
    id,
    orderId,
    lineNumber,
    line.product.id,
    line.quantity,
    moneyText(line.unitPrice),
    moneyText(line.quantity * line.unitPrice),
    createdAt,
    createdAt,
  ];
  return { table: 'order_items', values };
}

/** One to six different products. */
function pickLines(basket: Basket, at: Micros): Line[] {
  const { random, popularity, ranked } = basket;
  const count = 1 + itemsChoice.index(random.fraction());
  const taken: number[] = [];
  const lines: Line[] = [];
  for (let line = 0; line < count; line++) {
    let rank = popularity.index(random.fraction());
    while (taken.includes(rank)) rank = (rank + 1) % ranked.length;
    taken.push(rank);
    const product = ranked[rank] as PricedProduct;
    const listPrice = at < product.priceChangedAt ? product.priceBefore : product.priceNow;
    const discounted = random.chance(DISCOUNTED_SHARE);
    const unitPrice = discounted
      ? listPrice - Math.floor((listPrice * DISCOUNT_PER_MILLE) / 1000)
      : listPrice;
    lines.push({ product, quantity: 1 + quantityChoice.index(random.fraction()), unitPrice });
  }
  return lines;
}

function pickCustomer(plan: ShopPlan, at: Micros, random: Random): number {
  const known = customersBy(plan, at);
  const regular = random.chance(REGULARS_SHARE);
  const fraction = random.fraction();
  return 1 + Math.floor((regular ? fraction * fraction : fraction) * known);
}

/** Fisher and Yates, from the end. */
function shuffle<T>(list: readonly T[], random: Random): T[] {
  const shuffled = [...list];
  for (let index = shuffled.length - 1; index > 0; index--) {
    const other = random.below(index + 1);
    [shuffled[index], shuffled[other]] = [shuffled[other] as T, shuffled[index] as T];
  }
  return shuffled;
}

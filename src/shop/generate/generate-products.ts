import { createRandom, type Random } from '../../std/random.ts';
import { moneyText } from './money-text.ts';
import { type CategoryWords, categories, qualities } from './product-words.ts';
import type { ShopPlan } from './shop-parameters.ts';
import type { ShopRow } from './shop-rows.ts';
import { DAY_MICROS, formatUtc, type Micros } from './utc-text.ts';

export interface PricedProduct {
  readonly id: number;
  /** In hundredths of a yen, before and after the price changed. */
  readonly priceBefore: number;
  readonly priceNow: number;
  readonly priceChangedAt: Micros;
}

const EARLIER_DAYS = 900;
const INACTIVE_SHARE = 0.06;
const SOLD_OUT_SHARE = 0.04;
const STOCK_MOST = 800;
const PRICE_CHANGED_SHARE = 0.25;
/** Prices end in 80, as they do in Japan. */
const PRICE_STEP_YEN = 100;
const PRICE_END_YEN = 80;

/** All products were there before the first order, so any order may contain any of them. */
export function* generateProducts(
  plan: ShopPlan,
): Generator<{ row: ShopRow; product: PricedProduct }, void, undefined> {
  const random = createRandom(plan.seed, 'products');
  for (let index = 0; index < plan.products; index++) {
    const words = categories[index % categories.length] as CategoryWords;
    const product = priceProduct(plan, index + 1, words, random);
    const createdAt = plan.start - Math.floor((0.001 + random.fraction()) * EARLIER_DAYS * DAY_MICROS);
    const changed = product.priceBefore !== product.priceNow;
    const values = [
      product.id,
      `${words.code}-${String(product.id).padStart(5, '0')}`,
      productName(words, random),
      words.category,
      moneyText(product.priceNow),
      random.chance(SOLD_OUT_SHARE) ? 0 : 1 + random.below(STOCK_MOST),
      random.chance(INACTIVE_SHARE) ? 0 : 1,
      formatUtc(createdAt),
      formatUtc(changed ? product.priceChangedAt : createdAt),
    ];
    yield { row: { table: 'products', values }, product };
  }
}

function priceProduct(plan: ShopPlan, id: number, words: CategoryWords, random: Random): PricedProduct {
  // The square leans towards the cheap end of the category's range.
  const lean = random.fraction();
  const yen = words.priceFrom + lean * lean * (words.priceTo - words.priceFrom);
  const rounded = Math.floor(yen / PRICE_STEP_YEN) * PRICE_STEP_YEN + PRICE_END_YEN;
  const raised = rounded + PRICE_STEP_YEN * (1 + random.below(3));
  const changed = random.chance(PRICE_CHANGED_SHARE);
  return {
    id,
    priceBefore: rounded * 100,
    priceNow: (changed ? raised : rounded) * 100,
    priceChangedAt: plan.start + Math.floor(random.fraction() * (plan.now - plan.start)),
  };
}

function productName(words: CategoryWords, random: Random): string {
  const quality = qualities[random.below(qualities.length)];
  const kind = words.kinds[random.below(words.kinds.length)];
  const size = words.sizes[random.below(words.sizes.length)];
  return `${quality} ${kind} ${size}`;
}

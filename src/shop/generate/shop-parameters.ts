import { assert } from '../../std/assert.ts';
import { invalidShopParameter } from '../errors.ts';
import { DAY_MICROS, type Micros, startOfJstDay } from './utc-text.ts';

/** Everything that decides what the generator makes. The same parameters give the same shop, row for row. */
export interface ShopParameters {
  readonly seed: number;
  /** Orders that exist at the end; ids of deleted ones are gaps between them. */
  readonly orders: number;
  /** Japanese calendar days the orders spread over. */
  readonly days: number;
  /** The last of those days, `YYYY-MM-DD`; its end is the shop's "now": nothing happened after it. */
  readonly lastDay: string;
}

/** The parameters with what follows from them. */
export interface ShopPlan extends ShopParameters {
  readonly customers: number;
  readonly products: number;
  readonly start: Micros;
  /** The last microsecond of the last day. */
  readonly now: Micros;
}

export const ORDERS_MAX = 100_000_000;
export const DAYS_MAX = 3_660;

const ORDERS_PER_CUSTOMER = 5;
const CUSTOMERS_MIN = 20;
const ORDERS_PER_PRODUCT = 200;
const PRODUCTS_MIN = 40;
const PRODUCTS_MAX = 5_000;

/** Throws a Failure for parameters no shop can be made of. */
export function planShop(parameters: ShopParameters): ShopPlan {
  const { seed, orders, days, lastDay } = parameters;
  if (!Number.isSafeInteger(seed)) throw invalidShopParameter('seed', String(seed), 'a whole number');
  requireWhole('orders', orders, 0, ORDERS_MAX);
  requireWhole('days', days, 1, DAYS_MAX);
  const lastStart = startOfJstDay(lastDay);
  if (!/^\d{4}-\d\d-\d\d$/.test(lastDay) || !isCalendarDay(lastDay)) {
    throw invalidShopParameter('last day', lastDay, 'a calendar day, YYYY-MM-DD');
  }
  assert(Number.isSafeInteger(lastStart), 'a calendar day has a start');
  return {
    seed,
    orders,
    days,
    lastDay,
    customers: Math.max(CUSTOMERS_MIN, Math.ceil(orders / ORDERS_PER_CUSTOMER)),
    products: Math.min(PRODUCTS_MAX, Math.max(PRODUCTS_MIN, Math.ceil(orders / ORDERS_PER_PRODUCT))),
    start: lastStart - (days - 1) * DAY_MICROS,
    now: lastStart + DAY_MICROS - 1,
  };
}

/** The 30th of February parses in JavaScript's eyes as 2 March, so the text must come back unchanged. */
function isCalendarDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === day;
}

function requireWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw invalidShopParameter(name, String(value), `a whole number from ${least} to ${most}`);
}

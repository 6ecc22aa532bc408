import type { Random } from '../../std/random.ts';
import { DAY_MICROS, HOUR_MICROS, JST_OFFSET_MICROS, type Micros, startOfJstDay } from './utc-text.ts';

/** One Japanese calendar day of the shop, and how many orders fall on it. */
export interface OrderDay {
  readonly start: Micros;
  readonly orders: number;
}

/** Shares of a day's orders by JST hour: asleep at four, a lunch break, the sofa at nine in the evening. */
const hourWeights = [
  28, 16, 9, 6, 5, 7, 14, 26, 36, 44, 52, 58, 72, 60, 52, 50, 52, 58, 66, 78, 92, 100, 84, 54,
] as const;

/** By day of the week, Sunday first. */
const weekdayWeights = [1.25, 0.9, 0.88, 0.92, 0.95, 1.05, 1.3] as const;

/** Days that end in 0 or 5 are point days in Japanese web shops. */
const POINT_DAY_FACTOR = 1.2;
const GROWTH_PER_DAY = 0.002;
const NOISE = 0.16;

/** Below this many orders a day has no forced order at its first or last microsecond. */
const BOUNDARY_ORDERS_MIN = 10;

/** `hourSums[h]` is the share of the day before hour `h`; the last one is the whole day. */
const hourSums: readonly number[] = runningSums(hourWeights);

/** Spreads `orders` over `days` days that end with `lastDay`; the counts add up exactly. */
export function planOrderDays(
  shop: { readonly orders: number; readonly days: number; readonly lastDay: string },
  random: Random,
): OrderDay[] {
  const first = startOfJstDay(shop.lastDay) - (shop.days - 1) * DAY_MICROS;
  const starts = Array.from({ length: shop.days }, (_, index) => first + index * DAY_MICROS);
  const weights = starts.map((start, index) => dayWeight(start, index, random));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  let given = 0;
  return starts.map((start, index) => {
    sum += weights[index] ?? 0;
    const upTo = index === shop.days - 1 ? shop.orders : Math.floor((sum / total) * shop.orders);
    const orders = upTo - given;
    given = upTo;
    return { start, orders };
  });
}

/**
 * When the `position`th order (from 0) of a day was placed. Times grow with the position. About every second day
 * has an order in its very first microsecond (15:00:00.000000Z) and its very last (14:59:59.999999Z).
 */
export function orderTime(day: OrderDay, position: number, random: Random): Micros {
  const fraction = (position + random.fraction()) / day.orders;
  const jitter = random.below(HOUR_MICROS);
  if (day.orders >= BOUNDARY_ORDERS_MIN && jitter % 2 === 0) {
    if (position === 0) return day.start;
    if (position === day.orders - 1) return day.start + DAY_MICROS - 1;
  }
  const total = hourSums.at(-1) ?? 1;
  const wanted = fraction * total;
  let hour = 0;
  while (hour < 23 && (hourSums[hour + 1] ?? 0) <= wanted) hour++;
  const inHour = (wanted - (hourSums[hour] ?? 0)) / (hourWeights[hour] ?? 1);
  return day.start + Math.min(DAY_MICROS - 1, Math.floor((hour + inHour) * HOUR_MICROS));
}

function dayWeight(start: Micros, index: number, random: Random): number {
  const date = new Date((start + JST_OFFSET_MICROS) / 1000);
  const weekday = weekdayWeights[date.getUTCDay()] ?? 1;
  const pointDay = date.getUTCDate() % 5 === 0 ? POINT_DAY_FACTOR : 1;
  const noise = 1 + (random.fraction() - 0.5) * NOISE;
  return weekday * pointDay * noise * (1 + index * GROWTH_PER_DAY);
}

function runningSums(weights: readonly number[]): number[] {
  const sums = [0];
  let sum = 0;
  for (const weight of weights) {
    sum += weight;
    sums.push(sum);
  }
  return sums;
}

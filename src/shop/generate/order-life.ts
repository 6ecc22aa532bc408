import type { Random } from '../../std/random.ts';
import { DAY_MICROS, HOUR_MICROS, MINUTE_MICROS, type Micros } from './utc-text.ts';

export type OrderStatus = 'pending' | 'paid' | 'shipped' | 'delivered' | 'cancelled' | 'refunded';

export interface OrderState {
  readonly status: OrderStatus;
  readonly updatedAt: Micros;
}

/** Of all orders, in the long run. */
const CANCELLED_SHARE = 0.05;
const REFUNDED_SHARE = 0.025;
/** Paid within the hour by card; a convenience-store slip may wait for days. */
const PROMPT_PAYMENT_SHARE = 0.8;
/** A share of the finished orders is touched again weeks later: a corrected address, an accounting note. */
const CORRECTED_SHARE = 0.01;

interface Step {
  readonly status: OrderStatus;
  readonly waitMicros: number;
}

/** What had become of an order placed at `createdAt` by the time `now`: its status, and when it last changed. */
export function liveOrder(createdAt: Micros, now: Micros, random: Random): OrderState {
  let status: OrderStatus = 'pending';
  let at = createdAt;
  for (const step of planSteps(random)) {
    const next = at + step.waitMicros;
    if (next > now) break;
    status = step.status;
    at = next;
  }
  return { status, updatedAt: at };
}

/** Always takes the same number of random words, so that one order's fate never moves the next one's. */
function planSteps(random: Random): Step[] {
  const fate = random.fraction();
  const prompt = random.chance(PROMPT_PAYMENT_SHARE);
  const toPay = within(random, prompt ? MINUTE_MICROS : HOUR_MICROS, prompt ? HOUR_MICROS : 3 * DAY_MICROS);
  const toShip = within(random, 6 * HOUR_MICROS, 3 * DAY_MICROS);
  const toDeliver = within(random, 18 * HOUR_MICROS, 4 * DAY_MICROS);
  const toReturn = within(random, DAY_MICROS, 14 * DAY_MICROS);

  if (fate < CANCELLED_SHARE / 2) return [{ status: 'cancelled', waitMicros: toPay + toShip }];
  const paid: Step = { status: 'paid', waitMicros: toPay };
  if (fate < CANCELLED_SHARE) return [paid, { status: 'cancelled', waitMicros: toShip }];
  const delivered: Step[] = [
    paid,
    { status: 'shipped', waitMicros: toShip },
    { status: 'delivered', waitMicros: toDeliver },
  ];
  const fateOfDelivered = fate - CANCELLED_SHARE;
  if (fateOfDelivered < REFUNDED_SHARE) return [...delivered, { status: 'refunded', waitMicros: toReturn }];
  if (fateOfDelivered < REFUNDED_SHARE + CORRECTED_SHARE) {
    return [...delivered, { status: 'delivered', waitMicros: toReturn }];
  }
  return delivered;
}

function within(random: Random, from: number, to: number): number {
  return Math.floor(from + random.fraction() * (to - from));
}

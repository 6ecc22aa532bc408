import { createRandom, type Random } from '../../std/random.ts';
import { familyNames, givenNames, prefectures } from './people-words.ts';
import type { ShopPlan } from './shop-parameters.ts';
import type { ShopRow } from './shop-rows.ts';
import { DAY_MICROS, formatUtc, type Micros } from './utc-text.ts';
import { createWeightedChoice, zipfWeights } from './weighted-choice.ts';

/** How many of all customers were there before the first day, and how long before. */
const EARLIER_SHARE = 0.6;
const EARLIER_DAYS = 730;

const NULL_EMAIL_SHARE = 0.02;
const NULL_KANA_SHARE = 0.05;
const NULL_PREFECTURE_SHARE = 0.01;
const NULL_BIRTH_DATE_SHARE = 0.2;
const MOVED_SHARE = 0.08;

const mailDomains = ['example.jp', 'example.com', 'mail.example.ne.jp'] as const;

export function* generateCustomers(plan: ShopPlan): Generator<ShopRow, void, undefined> {
  const random = createRandom(plan.seed, 'customers');
  const family = createWeightedChoice(zipfWeights(familyNames.length));
  const home = createWeightedChoice(prefectures.map(([, weight]) => weight));
  for (let index = 0; index < plan.customers; index++) {
    const [familyWritten, familyKana, familyRoman] = pick(familyNames, family.index(random.fraction()));
    const [givenWritten, givenKana, givenRoman] = pick(givenNames, random.below(givenNames.length));
    const id = index + 1;
    const email = `${givenRoman}.${familyRoman}.${id}@${pick(mailDomains, random.below(mailDomains.length))}`;
    const [prefecture] = pick(prefectures, home.index(random.fraction()));
    const birthDate = birthDateText(random);
    const createdAt = customerTime(plan, index, random.fraction());
    const moved = createdAt + Math.floor(random.fraction() * (plan.now - createdAt));
    const values = [
      id,
      `${familyWritten} ${givenWritten}`,
      random.chance(NULL_KANA_SHARE) ? null : `${familyKana} ${givenKana}`,
      random.chance(NULL_EMAIL_SHARE) ? null : email,
      random.chance(NULL_PREFECTURE_SHARE) ? null : prefecture,
      random.chance(NULL_BIRTH_DATE_SHARE) ? null : birthDate,
      formatUtc(createdAt),
      formatUtc(random.chance(MOVED_SHARE) ? moved : createdAt),
    ];
    yield { table: 'customers', values };
  }
}

/**
 * How many customers (ids 1 to this number) had certainly registered by `at`. Customer `index` registers somewhere
 * in its own slot of time, so a slot that has passed is a customer that exists: no list is needed.
 */
export function customersBy(plan: ShopPlan, at: Micros): number {
  const earlier = earlierCustomers(plan);
  const passed = (at - plan.start) / (plan.now - plan.start);
  return Math.min(plan.customers, earlier + Math.floor(passed * (plan.customers - earlier)));
}

function customerTime(plan: ShopPlan, index: number, fraction: number): Micros {
  const earlier = earlierCustomers(plan);
  if (index < earlier) {
    const length = EARLIER_DAYS * DAY_MICROS;
    return plan.start - length + Math.floor(((index + fraction) / earlier) * length);
  }
  const slot = (index - earlier + fraction) / (plan.customers - earlier);
  return plan.start + Math.floor(slot * (plan.now - plan.start));
}

function earlierCustomers(plan: ShopPlan): number {
  return Math.ceil(plan.customers * EARLIER_SHARE);
}

/** Between 1940 and 2007. */
function birthDateText(random: Random): string {
  const daysFrom1940 = random.below(68 * 365);
  return new Date(Date.UTC(1940, 0, 1 + daysFrom1940)).toISOString().slice(0, 10);
}

function pick<T>(list: readonly T[], index: number): T {
  return list[index] as T;
}

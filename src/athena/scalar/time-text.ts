import { RAISED } from '../plan/bound.ts';
import { type Scalar, scalar } from './scalar.ts';

/** Dates and times in texts that DuckDB does not read as Trino does. Days and microseconds count from 1970. */
export const TIME_TEXT_SCALARS: readonly Scalar[] = [
  scalar('dp_text_days', ['VARCHAR'], 'INTEGER', (text) => {
    const match = /^\s*([+-]?\d+)-(\d{1,2})-(\d{1,2})\s*$/.exec(text);
    const day = match === null ? undefined : dayOf(Number(match[1]), Number(match[2]), Number(match[3]));
    if (day === undefined) throw new Error(`${RAISED}Value cannot be cast to date: ${text}`);
    return day;
  }),
  scalar('dp_text_micros', ['VARCHAR', 'BOOLEAN'], 'BIGINT', textMicros),
  scalar('dp_iso_micros', ['VARCHAR'], 'BIGINT', isoMicros),
  scalar('dp_iso_days', ['VARCHAR'], 'INTEGER', (text) => {
    const day = isoDay(text);
    if (day === undefined) throw new Error(`${RAISED}Invalid format: "${text}"`);
    return day;
  }),
];

const MILLIS_PER_DAY = 86_400_000;
const MICROS_PER_DAY = 86_400_000_000n;
/** Years that results show as Trino shows them. */
const YEAR_MAX = 9999;

/** Undefined where there is no such day. */
function dayOf(year: number, month: number, day: number): number | undefined {
  if (year < 1 || year > YEAR_MAX) throw new Error(`${RAISED}not supported in local: the year ${year}`);
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, month - 1, day);
  const isSame = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isSame ? date.getTime() / MILLIS_PER_DAY : undefined;
}

const TIMESTAMP =
  /^\s*([+-]?\d+)-(\d{1,2})-(\d{1,2})(?: (\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,12}))?)?)?\s*$/;

/** `rounds` to microseconds; else what is finer is left out, to be rounded to fewer digits. */
function textMicros(text: string, rounds: boolean): bigint {
  const wrong = new Error(`${RAISED}Value cannot be cast to timestamp: ${text}`);
  const match = TIMESTAMP.exec(text);
  if (match === null) throw wrong;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const days = dayOf(year, month, day);
  if (days === undefined || hour > 23 || minute > 59 || second > 59) throw wrong;
  const fraction = (match[7] ?? '').padEnd(7, '0');
  const micros = BigInt(fraction.slice(0, 6)) + (rounds && Number(fraction[6]) >= 5 ? 1n : 0n);
  return BigInt(days) * MICROS_PER_DAY + clockMicros(hour, minute, second) + micros;
}

function clockMicros(hour: number, minute: number, second: number): bigint {
  return BigInt((hour * 60 + minute) * 60 + second) * 1_000_000n;
}

const ISO_WEEK = /^(\d{4})-W(\d{1,2})(?:-(\d))?$/;
const ISO_ORDINAL = /^(\d{4})-(\d{3})$/;
const ISO_DATE = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/;

/** A calendar date, a month, a year, a week with or without its day, or a day of the year. */
function isoDay(text: string): number | undefined {
  const week = ISO_WEEK.exec(text);
  if (week !== null) return dayOfWeek(Number(week[1]), Number(week[2]), Number(week[3] ?? 1));
  const ordinal = ISO_ORDINAL.exec(text);
  if (ordinal !== null) {
    const [year, day] = [Number(ordinal[1]), Number(ordinal[2])];
    const first = dayOf(year, 1, 1) ?? 0;
    return day >= 1 && first + day <= (dayOf(year, 12, 31) ?? 0) + 1 ? first + day - 1 : undefined;
  }
  const date = ISO_DATE.exec(text);
  return date === null ? undefined : dayOf(Number(date[1]), Number(date[2] ?? 1), Number(date[3] ?? 1));
}

function dayOfWeek(year: number, week: number, day: number): number | undefined {
  const monday = (of: number): number => {
    // The fourth of January is always in the first week.
    const fourth = dayOf(of, 1, 4) ?? 0;
    return fourth - ((((fourth + 3) % 7) + 7) % 7);
  };
  const start = monday(year) + 7 * (week - 1);
  return week >= 1 && start < monday(year + 1) && day >= 1 && day <= 7 ? start + day - 1 : undefined;
}

const ISO_TIME = /^(?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?(?:[.,](\d+))?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/;

/** An instant; where no offset is written it is in UTC. */
function isoMicros(text: string): bigint {
  const wrong = new Error(`${RAISED}Invalid format: "${text}"`);
  const [date = '', ...rest] = text.split('T');
  const day = date === '' && rest.length > 0 ? 0 : isoDay(date);
  const clock = rest.length === 0 ? '' : rest.join('T');
  const match = ISO_TIME.exec(clock);
  if (day === undefined || match === null) throw wrong;
  const [, hour = '0', minute, second, fraction = '0', offset = 'Z'] = match;
  if (Number(hour) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) throw wrong;
  // The digits after the point are parts of the last unit that is written.
  const unit = second !== undefined ? 1e3 : minute !== undefined ? 60e3 : 3600e3;
  const millis = Math.floor(Number(`0.${fraction}`) * unit + 1e-6);
  const local = clockMicros(Number(hour), Number(minute ?? 0), Number(second ?? 0)) + BigInt(millis) * 1000n;
  return BigInt(day) * MICROS_PER_DAY + local - BigInt(offsetMinutes(offset)) * 60_000_000n;
}

function offsetMinutes(offset: string): number {
  if (offset === 'Z') return 0;
  const digits = offset.replaceAll(/[+:-]/g, '').padEnd(4, '0');
  const size = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return offset.startsWith('-') ? -size : size;
}

import { badDay, dayNotOver, rangeBackwards, rangeTooLong } from './errors.ts';

/** A Japanese business day: `2026-11-22`. */
export type BusinessDay = string;

/** A day's half-open window in UTC, `[fromUtc, toUtc)`, as `YYYY-MM-DD HH:MM:SS.ffffff`. */
export interface DayWindow {
  readonly fromUtc: string;
  readonly toUtc: string;
}

const DAY_MS = 86_400_000;
/** Japan is nine hours ahead of UTC and has kept no summer time since 1951. */
const JST_AHEAD_MS = 9 * 3_600_000;
/** Ten years: more than that in one command is a slip of the keyboard. */
export const DAYS_PER_RANGE_MAX = 3_660;

/** Takes `YYYY-MM-DD` that exists in the calendar, or throws a usage Failure that says why not. */
export function parseDay(text: string): BusinessDay {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) throw badDay(text, 'write it as YYYY-MM-DD');
  const at = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(at) || dayText(at) !== text) throw badDay(text, 'the calendar has no such day');
  return text;
}

/** The day's window: it begins at 15:00 UTC of the day before. */
export function dayWindow(day: BusinessDay): DayWindow {
  const start = Date.parse(`${day}T00:00:00Z`) - JST_AHEAD_MS;
  return { fromUtc: utcText(start), toUtc: utcText(start + DAY_MS) };
}

/** The day it is in Japan at that moment. */
export function dayAt(nowMs: number): BusinessDay {
  return dayText(nowMs + JST_AHEAD_MS);
}

/** That moment on a clock in Japan, to the second: `2026-11-28 02:00:00`. */
export function jstText(ms: number): string {
  return new Date(ms + JST_AHEAD_MS).toISOString().slice(0, 19).replace('T', ' ');
}

export function addDays(day: BusinessDay, days: number): BusinessDay {
  return dayText(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS);
}

/** Every day of the range, both ends included. Throws a usage Failure when it runs backwards or is too long. */
export function listDays(range: { readonly from: BusinessDay; readonly to: BusinessDay }): BusinessDay[] {
  if (range.from > range.to) throw rangeBackwards(range.from, range.to);
  const count =
    Math.round((Date.parse(`${range.to}T00:00:00Z`) - Date.parse(`${range.from}T00:00:00Z`)) / DAY_MS) + 1;
  if (count > DAYS_PER_RANGE_MAX) throw rangeTooLong(count, DAYS_PER_RANGE_MAX);
  return Array.from({ length: count }, (_, index) => addDays(range.from, index));
}

/** Throws a usage Failure for today and later: a day can be loaded once it is over in Japan. */
export function assertDayOver(day: BusinessDay, nowMs: number): void {
  const today = dayAt(nowMs);
  if (day >= today) throw dayNotOver({ day, today, yesterday: addDays(today, -1) });
}

function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function utcText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}.000000`;
}

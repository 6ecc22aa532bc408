/** Microseconds since 1970-01-01T00:00:00Z: whole, and exact in a number until the year 2255. */
export type Micros = number;

export const SECOND_MICROS = 1_000_000;
export const MINUTE_MICROS = 60 * SECOND_MICROS;
export const HOUR_MICROS = 60 * MINUTE_MICROS;
export const DAY_MICROS = 24 * HOUR_MICROS;

/** Japan keeps UTC+9 all year, and has since 1951. */
export const JST_OFFSET_MICROS = 9 * HOUR_MICROS;

const twoDigits = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));
let lastDay = Number.NaN;
let lastDayText = '';

/** `2026-11-22 01:02:03.456789`, as MySQL writes and reads a DATETIME(6). */
export function formatUtc(at: Micros): string {
  const day = Math.floor(at / DAY_MICROS);
  // Rows come in order of time, so nearly every row falls on the day before's text.
  if (day !== lastDay) {
    lastDayText = new Date(day * 86_400_000).toISOString().slice(0, 10);
    lastDay = day;
  }
  const inDay = at - day * DAY_MICROS;
  const seconds = Math.floor(inDay / SECOND_MICROS);
  const micros = inDay - seconds * SECOND_MICROS;
  const hour = twoDigits[Math.floor(seconds / 3600)];
  const minute = twoDigits[Math.floor(seconds / 60) % 60];
  const second = twoDigits[seconds % 60];
  return `${lastDayText} ${hour}:${minute}:${second}.${String(micros).padStart(6, '0')}`;
}

/** The instant a Japanese calendar day begins: 15:00:00 UTC of the day before. `day` is `YYYY-MM-DD`. */
export function startOfJstDay(day: string): Micros {
  return Date.parse(`${day}T00:00:00Z`) * 1000 - JST_OFFSET_MICROS;
}

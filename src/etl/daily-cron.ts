/** Daily schedules in EventBridge's words: `cron(0 2 * * ? *)`. */

const DAILY = /^cron\((\d{1,2}) (\d{1,2}) \* \* \? \*\)$/;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MINUTES_PER_HOUR = 60;
/** Minutes ahead of UTC, for the zones that keep no summer time and that the platform uses. */
const ZONES: Readonly<Record<string, number>> = { 'Asia/Tokyo': 540, UTC: 0 };

/** `02:00` → `cron(0 2 * * ? *)`. Undefined for what is no time of day. */
export function cronOfTime(time: string): string | undefined {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  return hour === undefined ? undefined : `cron(${Number(minute)} ${Number(hour)} * * ? *)`;
}

/** `cron(0 2 * * ? *)` → `02:00`. Undefined for schedules that are not daily. */
export function timeOfCron(expression: string): string | undefined {
  const [, minute, hour] = DAILY.exec(expression) ?? [];
  return minute === undefined || hour === undefined
    ? undefined
    : `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
}

/** The next `count` starts after a moment, in milliseconds since the epoch; undefined for schedules dp does not reckon. */
export function nextStarts(
  schedule: { readonly expression: string; readonly timeZone: string },
  { nowMs, count }: { readonly nowMs: number; readonly count: number },
): number[] | undefined {
  const [, minute, hour] = DAILY.exec(schedule.expression) ?? [];
  const ahead = ZONES[schedule.timeZone];
  if (minute === undefined || ahead === undefined) return undefined;
  const ofDayMs = (Number(hour) * MINUTES_PER_HOUR + Number(minute)) * MINUTE_MS;
  const localMs = nowMs + ahead * MINUTE_MS;
  const today = Math.floor(localMs / DAY_MS) * DAY_MS + ofDayMs;
  const first = today > localMs ? today : today + DAY_MS;
  return Array.from({ length: count }, (_, index) => first + index * DAY_MS - ahead * MINUTE_MS);
}

/** Names without a slash that Java's time zones have and that are written. */
const SHORT_NAMES: readonly string[] = [
  'Japan',
  'Singapore',
  'Hongkong',
  'PRC',
  'ROK',
  'ROC',
  'GB',
  'CET',
  'EET',
  'WET',
];
/** Every zone's name as it must be written, by the same in lower case. */
const NAMES: ReadonlyMap<string, string> = new Map(
  Intl.supportedValuesOf('timeZone').map((name) => [name.toLowerCase(), name] as const),
);
const HOURS_MAX = 14;

/** A time zone's name as Trino writes it; undefined when there is no such zone. */
export function zoneOfText(text: string): string | undefined {
  if (/^(?:UTC|GMT|Z|UT|Etc\/UTC|\+00:00|-00:00)$/i.test(text)) return 'UTC';
  const offset = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(text);
  if (offset !== null) {
    const hours = Number(offset[2]);
    const minutes = Number(offset[3] ?? 0);
    if (hours * 60 + minutes > HOURS_MAX * 60 || minutes > 59) return undefined;
    return `${offset[1]}${String(hours).padStart(2, '0')}:${offset[3] ?? '00'}`;
  }
  if (SHORT_NAMES.includes(text)) return text;
  if (!/^[A-Z][A-Za-z_]*(?:\/[A-Z][A-Za-z0-9_+-]+)+$/.test(text)) return undefined;
  const known = NAMES.get(text.toLowerCase());
  if (known !== undefined) return known === text ? text : undefined;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text;
  } catch {
    return undefined;
  }
}

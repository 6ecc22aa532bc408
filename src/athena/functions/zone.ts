/** A time zone's name as Trino writes it; undefined when there is no such zone. */
export function zoneOfText(text: string): string | undefined {
  if (/^(?:UTC|GMT|Z|UT|Etc\/UTC|\+00:00|-00:00)$/i.test(text)) return 'UTC';
  const offset = /^([+-])(\d{1,2})(?::(\d{2}))?$/.exec(text);
  if (offset !== null) {
    const hours = Number(offset[2]);
    if (hours > 14) return undefined;
    return `${offset[1]}${String(hours).padStart(2, '0')}:${offset[3] ?? '00'}`;
  }
  if (!/^[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+)+$/.test(text)) return undefined;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text;
  } catch {
    return undefined;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The calendar's day in a zone, as YYYY-MM-DD. */
export function businessDateOf(at: Date, zone: string): string {
  if (zone === 'UTC') return at.toISOString().slice(0, 10);
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en', { timeZone: zone, calendar: 'iso8601', year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(zone, format);
  }
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
}

const digits = (text: string, from: number, to: number): number => {
  let value = 0;
  for (let index = from; index < to; index += 1) value = value * 10 + text.charCodeAt(index) - 48;
  return value;
};

/** `2026-11-21 01:23:45.678901+00`, as Postgres writes it in a UTC session; what looks otherwise is left to the language. */
export function utcTimeOf(text: string): Date {
  if (text.length < 22 || text.charCodeAt(4) !== 45 || !text.endsWith('+00')) return new Date(text);
  const fraction = text.length - 3 - 20;
  const ms = fraction > 0 ? Math.trunc(digits(text, 20, 20 + Math.min(fraction, 3)) * 10 ** Math.max(0, 3 - fraction)) : 0;
  return new Date(
    Date.UTC(
      digits(text, 0, 4),
      digits(text, 5, 7) - 1,
      digits(text, 8, 10),
      digits(text, 11, 13),
      digits(text, 14, 16),
      digits(text, 17, 19),
      ms,
    ),
  );
}

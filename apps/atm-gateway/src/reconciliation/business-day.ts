const dayMs = 86_400_000;

/** Days are those of UTC, written `2026-11-20`. */
export const startOf = (date: string): Date => new Date(`${date}T00:00:00.000Z`);
export const endOf = (date: string): Date => new Date(startOf(date).getTime() + dayMs);
export const dateOf = (at: Date): string => at.toISOString().slice(0, 10);
export const dayBefore = (date: string): string => dateOf(new Date(startOf(date).getTime() - dayMs));

/** A day that exists. */
export function isDate(text: unknown): text is string {
  if (typeof text !== 'string' || !/^20\d\d-[01]\d-[0-3]\d$/.test(text)) return false;
  const at = startOf(text);
  return !Number.isNaN(at.getTime()) && dateOf(at) === text;
}

/**
 * When a day's record is fetched: at the cut-off hour after its end, and once more a day later, for lines that a partner whose clock is
 * behind has written after the first time. Undefined: it has been.
 */
export function nextFetch(date: string, cutOffHour: number, now: Date): Date | undefined {
  const first = endOf(date).getTime() + cutOffHour * 3_600_000;
  return [first, first + dayMs].map((at) => new Date(at)).find((at) => at > now);
}

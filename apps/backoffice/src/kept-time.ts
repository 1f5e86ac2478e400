const endOfTime = Date.UTC(10_000, 0);

/** An instant that can be stored and shown; undefined for what no clock of ours says: before 1970, after the year 9999, no time at all. */
export const keptTime = (ms: number): Date | undefined => (ms >= 0 && ms < endOfTime ? new Date(ms) : undefined);

import { eventually } from '@falconpay/testing/eventually';

const dayMs = 86_400_000;
const longestMs = 300_000;

/** Resolves at a time from which it stays today for as long as a file of tests takes. */
export const awayFromMidnight = (): Promise<unknown> =>
  eventually('midnight is not near', () => Date.now() % dayMs < dayMs - longestMs, { withinMs: longestMs + 60_000, everyMs: 1_000 });

export const awayFromMidnightMs = longestMs + 180_000;

import type { Rule } from './rule.js';

/** No more than so many spendings in any stretch of so many seconds, whatever their amounts. */
export const velocity: Rule = (_spending, limits, usage, now) => {
  if (!limits.velocity) return undefined;
  const { count, windowSeconds } = limits.velocity;
  const begin = now.getTime() - windowSeconds * 1_000;
  if (usage.recent.filter((at) => at.getTime() > begin).length < count) return undefined;
  return { code: 'limit-exceeded', detail: `may spend at most ${count} times in ${windowSeconds} seconds` };
};

import fc from 'fast-check';
import { nextTryAt, type RetryPolicy } from './retry-policy.js';

const policy: RetryPolicy = { budgetMs: 60_000, firstDelayMs: 500, delayMsMax: 8_000, replayCountMax: 20 };
const start = new Date('2026-01-01T00:00:00.000Z');
const after = (ms: number): Date => new Date(start.getTime() + ms);
const delayOf = (attempts: number, random: number): number | undefined => {
  const at = nextTryAt(policy, { attempts, firstFailedAt: start }, start, random);
  return at && at.getTime() - start.getTime();
};

describe('the next try', () => {
  it.each([
    [1, 1, 500],
    [2, 1, 1_000],
    [3, 1, 2_000],
    [5, 1, 8_000],
    [6, 1, 8_000],
    [1_000, 1, 8_000],
    [3, 0, 1_000],
    [3, 0.5, 1_500],
  ])('after %i failures, by the chance %d, is %i ms later', (attempts, random, delayMs) => {
    expect(delayOf(attempts, random)).toBe(delayMs);
  });

  it('is given up when it would come after the budget', () => {
    const tries = { attempts: 9, firstFailedAt: start };
    expect(nextTryAt(policy, tries, after(52_000), 1)).toEqual(after(60_000));
    expect(nextTryAt(policy, tries, after(52_001), 1)).toBeUndefined();
  });

  it('is never at once, never beyond the longest delay, and never after the budget', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(70_000),
        (attempts, random, ms) => {
          const at = nextTryAt(policy, { attempts, firstFailedAt: start }, after(ms), random);
          if (!at) return ms + policy.delayMsMax > policy.budgetMs;
          const delayMs = at.getTime() - after(ms).getTime();
          return delayMs >= policy.firstDelayMs / 2 && delayMs <= policy.delayMsMax && at <= after(policy.budgetMs);
        },
      ),
    );
  });
});

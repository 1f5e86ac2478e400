import { currency } from '@falconpay/money/currency';
import { toWire, type Money } from '@falconpay/money/money';
import type { Limits, Usage } from './limits.js';
import type { Spending } from './rule.js';

export const now = new Date('2026-01-31T12:00:00.000Z');
export const secondsAgo = (seconds: number): Date => new Date(now.getTime() - seconds * 1_000);
export const [usd, omr] = (['USD', 'OMR'] as const).map((code) => (amount: number): Money => ({
  amount: BigInt(amount),
  currency: currency(code),
})) as [(amount: number) => Money, (amount: number) => Money];

/** On an account that has long been there. */
export const longSince = (money: Money): Spending => ({ ...money, accountSince: new Date(0) });

/** Nothing is limited, and nothing was spent, but for what an example says. */
export const limitsWith = (rules: Limits['rules'], zone = 'UTC'): Limits => ({ rules, zone });
export const amountsOf = (...amounts: readonly Money[]) => amounts.map(toWire);
export const usageWith = (change: Partial<Usage>): Usage => ({
  since: secondsAgo(86_400),
  day: '2026-01-31',
  spentThatDay: [],
  recent: [],
  ...change,
});

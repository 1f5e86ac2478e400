import { currency } from '@falconpay/money/currency';
import { newAccount, type Account } from './account.js';

/** An account that has been there for a while, with 100 in it, and what a spec wants to be otherwise. */
export const accountForSpecs = (id: string, now: Date, change: Partial<Account> = {}): Account => ({
  ...newAccount({ id, number: `number-${id}`, owner: 'Test', currency: currency('USD') }, new Date(now.getTime() - 1_000)),
  ...{ posted: 100n, version: 7 },
  ...change,
});

import { formatMoney } from '@falconpay/money/money';
import { amountIn } from './limits.js';
import type { Rule } from './rule.js';

/** No more than this on one day, all spendings together. */
export const perDay: Rule = ({ amount, currency }, limits, usage) => {
  const most = amountIn(limits.perDay, currency);
  const spent = amountIn(usage.spentThatDay, currency) ?? 0n;
  if (most === undefined || spent + amount <= most) return undefined;
  const [limit, used] = [most, spent].map((each) => formatMoney({ amount: each, currency }));
  return { code: 'limit-exceeded', detail: `may spend at most ${limit} ${currency} a day, and has spent ${used} on ${usage.day}` };
};

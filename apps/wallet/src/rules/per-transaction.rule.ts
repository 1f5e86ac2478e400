import { formatMoney } from '@falconpay/money/money';
import { amountIn } from './limits.js';
import type { Rule } from './rule.js';

/** No more than this at once. */
export const perTransaction: Rule = ({ amount, currency }, limits) => {
  const most = amountIn(limits.perTransaction, currency);
  if (most === undefined || amount <= most) return undefined;
  return { code: 'limit-exceeded', detail: `may spend at most ${formatMoney({ amount: most, currency })} ${currency} at once` };
};

import { formatMoney } from '@falconpay/money/money';
import { amounts, mostIn, type Amounts } from './forms.js';
import { amountIn } from './limits.js';
import type { Rule } from './rule.js';

/** No more than this on one day of the zone's calendar, all spendings together. */
export const perDay: Rule<Amounts> = {
  ...{ name: 'per_day', ...amounts },
  refusal({ amount, currency }, setting, { spentThatDay, day }) {
    const most = mostIn(setting, currency);
    const spent = amountIn(spentThatDay, currency);
    if (!most || spent + amount <= most.amount) return undefined;
    const [limit, used] = [most, { amount: spent, currency }].map(formatMoney);
    return { code: 'limit-exceeded', detail: `may spend at most ${limit} ${currency} a day, and has spent ${used} on ${day}` };
  },
};

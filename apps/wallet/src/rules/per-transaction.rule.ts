import { formatMoney } from '@falconpay/money/money';
import { amounts, mostIn, type Amounts } from './forms.js';
import type { Rule } from './rule.js';

/** No more than this at once. */
export const perTransaction: Rule<Amounts> = {
  ...{ name: 'per_transaction', ...amounts },
  refusal({ amount, currency }, setting) {
    const most = mostIn(setting, currency);
    if (!most || amount <= most.amount) return undefined;
    return { code: 'limit-exceeded', detail: `may spend at most ${formatMoney(most)} ${currency} at once` };
  },
};

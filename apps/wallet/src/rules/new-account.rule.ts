import { formatMoney, type WireMoney } from '@falconpay/money/money';
import { amountPerCurrency, daySeconds, mostIn, secondsUpTo } from './forms.js';
import type { Rule } from './rule.js';

interface NewAccount {
  readonly younger_than_seconds: number;
  readonly per_transaction: readonly WireMoney[];
}

/** No more than this at once while the account is young, whatever is let pass later. */
export const newAccount: Rule<NewAccount> = {
  name: 'new_account',
  ofClients: {
    is: 'object',
    members: { younger_than_seconds: secondsUpTo(366 * daySeconds), per_transaction: amountPerCurrency },
    description: 'What is moved at most at once on an account that was opened less than so many seconds ago',
  },
  refusal({ amount, currency, accountSince }, { younger_than_seconds: seconds, per_transaction }, _usage, now) {
    const most = mostIn(per_transaction, currency);
    const isYoung = now.getTime() - accountSince.getTime() < seconds * 1_000;
    if (!isYoung || !most || amount <= most.amount) return undefined;
    const limit = `${formatMoney(most)} ${currency}`;
    return { code: 'limit-exceeded', detail: `may spend at most ${limit} at once while the account is younger than ${seconds} seconds` };
  },
};

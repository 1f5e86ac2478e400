import { formatMoney } from '@falconpay/money/money';
import { amountIn } from './limits.js';
import type { Rule } from './rule.js';

/** No more than this at once while the account is young, whatever is let pass later. */
export const newAccount: Rule = ({ amount, currency, accountSince }, limits, _usage, now) => {
  if (!limits.newAccount) return undefined;
  const { youngerThanSeconds, perTransaction } = limits.newAccount;
  const most = amountIn(perTransaction, currency);
  const isYoung = now.getTime() - accountSince.getTime() < youngerThanSeconds * 1_000;
  if (!isYoung || most === undefined || amount <= most) return undefined;
  const limit = `${formatMoney({ amount: most, currency })} ${currency}`;
  return {
    code: 'limit-exceeded',
    detail: `may spend at most ${limit} at once while the account is younger than ${youngerThanSeconds} seconds`,
  };
};

import type { Money } from '@falconpay/money/money';
import { toWire } from '@falconpay/money/money';
import type { Refusal } from '@falconpay/pipeline/use-case';
import { hasRoomFor } from '../../accounts/account.js';
import { walletUseCase } from '../../wallet-rows.js';
import { posted, postFromSystem, type Cause } from '../ledger.js';
import { systemAccount } from '../system-accounts.js';

export interface DepositMoney {
  readonly account: string;
  readonly amount: Money;
  readonly reference?: string;
}

/** Money handed in at a counter: on the account when the answer is given. */
export const depositMoney = walletUseCase({
  name: 'deposit-money',
  needs: ({ account }: DepositMoney) => ({ accounts: [account] }),
  decide: ({ account: key, amount, reference }, rows, moment) => {
    const account = rows.get('accounts', key);
    if (!account) return { reply: refuse('account-not-found', `there is no account ${key}`) };
    if (account.status === 'FROZEN') return { reply: refuse('account-frozen', `account ${key} is frozen`) };
    if (account.currency !== amount.currency) return { reply: refuse('currency-mismatch', `account ${key} is in ${account.currency}`) };
    if (!hasRoomFor(account, amount.amount)) return { reply: refuse('limit-exceeded', `account ${key} cannot hold that much`) };
    const id = moment.newId('dep');
    const cause: Cause = { id, type: 'deposit', reference, createdAt: moment.now };
    const { accounts, entries } = postFromSystem(cause, systemAccount('cash', amount.currency), account, amount);
    const at = moment.now.toISOString();
    return {
      put: { accounts, entries, transactions: [posted(cause)] },
      reply: {
        status: 201,
        body: { id, account: account.id, status: 'COMPLETED', amount: toWire(amount), reference, created_at: at, updated_at: at },
      },
    };
  },
});

const refuse = (refused: string, detail: string): Refusal => ({ refused, detail });

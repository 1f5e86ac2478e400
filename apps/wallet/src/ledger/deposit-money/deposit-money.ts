import type { Money } from '@falconpay/money/money';
import { toWire } from '@falconpay/money/money';
import { momentOn, withUnreleased } from '../../accounts/account.js';
import { absenceOf, isInUse, refusalToMove, refusalToTake, turnDown } from '../../accounts/refusal.js';
import type { Release } from '../../accounts/release.table.js';
import { walletUseCase } from '../../wallet-rows.js';
import { posted, postFromSystem, type Cause } from '../ledger.js';
import { systemAccount } from '../system-accounts.js';

export interface DepositMoney {
  readonly account: string;
  readonly amount: Money;
  readonly releaseAt?: Date;
  readonly reference?: string;
}

const longestYears = 5;

/** Money handed in at a counter: on the account when the answer is given, to be spent then or from `releaseAt` on. */
export const depositMoney = walletUseCase({
  name: 'deposit-money',
  needs: ({ account }: DepositMoney) => ({ accounts: [account] }),
  decide: ({ account: key, amount, releaseAt, reference }, rows, moment) => {
    const account = rows.get('accounts', key);
    if (!isInUse(account)) return turnDown(absenceOf(account, key));
    const refusal = refusalToMove([{ account, name: key }], amount) ?? refusalToTake(account, key, amount);
    if (refusal) return turnDown(refusal);
    const at = momentOn(moment.now, account);
    if (releaseAt && releaseAt > yearsAfter(at, longestYears)) return { reply: tooFarOff };
    const id = moment.newId('dep');
    const cause: Cause = { id, type: 'deposit', reference, createdAt: at };
    const { accounts, entries } = postFromSystem(cause, systemAccount('cash', amount.currency), account, amount);
    const releases: Release[] =
      releaseAt && releaseAt > at ? [{ depositId: id, accountId: account.id, ...amount, releaseAt, createdAt: at }] : [];
    const time = at.toISOString();
    return {
      put: {
        accounts: releases.length > 0 ? accounts.map((payee) => withUnreleased(payee, amount.amount)) : accounts,
        entries,
        releases,
        transactions: [posted(cause)],
      },
      reply: {
        status: 201,
        body: {
          ...{ id, account: account.id, status: 'COMPLETED', amount: toWire(amount), release_at: releaseAt?.toISOString(), reference },
          ...{ created_at: time, updated_at: time },
        },
      },
    };
  },
});

function yearsAfter(time: Date, years: number): Date {
  const later = new Date(time);
  later.setUTCFullYear(later.getUTCFullYear() + years);
  return later;
}

const tooFarOff = {
  refused: 'validation-failed',
  detail: 'The request is not valid.',
  extensions: { errors: [{ pointer: '/release_at', detail: `must be at most ${longestYears} years from now` }] },
};

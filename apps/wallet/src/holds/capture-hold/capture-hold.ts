import type { Money } from '@falconpay/money/money';
import type { Rows } from '@falconpay/pipeline/use-case';
import { absenceOf, isInUse, refusalToMove, refusalToTake, turnDown } from '../../accounts/refusal.js';
import type { Side } from '../../ledger/ledger.js';
import { currencyOfSystemAccount } from '../../ledger/system-accounts.js';
import { walletUseCase, type WalletRows } from '../../wallet-rows.js';
import { holdView } from '../hold-view.js';
import { captureHold as decideCapture, hasExpired, type Hold } from '../hold.js';

export interface CaptureHold {
  readonly id: string;
  /** The hold's, by id. */
  readonly account: string;
  /** All of it when not given. */
  readonly amount: Money | undefined;
  /** The account that gets it; the bank's clearing when not given. */
  readonly to: string | undefined;
}

/** Takes what was set apart, or part of it, and gives the rest back. */
export const captureHold = walletUseCase({
  name: 'capture-hold',
  needs: ({ id, account, to }: CaptureHold) => ({ accounts: to === undefined ? [account] : [account, to], holds: [id] }),
  decide: ({ id, account: accountId, amount, to }, rows, { now }) => {
    const hold = rows.get('holds', id);
    const account = rows.get('accounts', accountId);
    if (!hold || !account) return turnDown({ code: 'hold-not-found', detail: `there is no hold ${id}` });
    const money = amount ?? { amount: hold.amount, currency: hold.currency };
    if (hold.status === 'CAPTURED' && isSame(hold, money, to, rows)) return asItIs(hold);
    // Past its time it is over, whether or not somebody has got round to ending it.
    if (hold.status !== 'ACTIVE' || hasExpired(hold, now)) return turnDown(tooLate(hold));
    if (money.currency !== hold.currency) return turnDown({ code: 'currency-mismatch', detail: `hold ${id} is in ${hold.currency}` });
    if (money.amount > hold.amount) return turnDown({ code: 'unprocessable-request', detail: `hold ${id} has less than that set apart` });
    const payee = payeeOf(hold, money, to, rows);
    if (typeof payee === 'object' && 'code' in payee) return turnDown(payee);
    const decision = decideCapture(hold, account, { amount: money.amount, to: payee }, now);
    if (typeof decision === 'string') return asItIs(hold);
    return {
      put: {
        accounts: decision.posting.accounts,
        holds: [decision.hold],
        transactions: [decision.transaction],
        entries: decision.posting.entries,
      },
      ...asItIs(decision.hold),
    };
  },
});

const asItIs = (hold: Hold) => ({ reply: { status: 200, body: holdView(hold) } });

const tooLate = ({ id, status }: Hold) => ({
  code: 'conflict',
  detail: status === 'ACTIVE' ? `the time of hold ${id} is over` : `hold ${id} is ${status}`,
});

/** Asked again for what was done already. */
const isSame = (hold: Hold, money: Money, to: string | undefined, rows: Rows<WalletRows>): boolean =>
  money.currency === hold.currency &&
  money.amount === hold.captured &&
  (to === undefined ? currencyOfSystemAccount(hold.counterAccount) !== undefined : rows.get('accounts', to)?.id === hold.counterAccount);

function payeeOf(hold: Hold, money: Money, to: string | undefined, rows: Rows<WalletRows>): Side | { code: string; detail: string } {
  if (to === undefined) return hold.counterAccount;
  const payee = rows.get('accounts', to);
  if (!isInUse(payee)) return absenceOf(payee, to);
  if (payee.id === hold.accountId) return { code: 'same-account', detail: `hold ${hold.id} is on account ${to} itself` };
  return refusalToMove([{ account: payee, name: to }], money) ?? refusalToTake(payee, to, money) ?? payee;
}

import { redemptionCredited } from '@falconpay/contracts/topics/redemption-credited.topic';
import { redemptionRefused } from '@falconpay/contracts/topics/redemption-refused.topic';
import { toWire, type Money } from '@falconpay/money/money';
import { emit, type Decision } from '@falconpay/pipeline/use-case';
import { momentOn, type Account } from '../../accounts/account.js';
import { absenceOf, isInUse, refusalToMove, refusalToTake, type MoneyRefusal } from '../../accounts/refusal.js';
import { afterSpending, refusalToClient, type Client } from '../../rules/client.js';
import { cardOf, cardsClient } from '../../rules/card.js';
import { walletUseCase, type WalletRows } from '../../wallet-rows.js';
import { posted, postFromSystem, refused, type Cause } from '../ledger.js';
import { systemAccount } from '../system-accounts.js';

export interface CreditRedemption {
  readonly redemptionId: string;
  /** By id or number. */
  readonly account: string;
  readonly amount: Money;
  readonly institution: string;
  /** Tells cards apart. */
  readonly card: string;
  readonly client: string;
  readonly expiresAt: Date;
}

/** A card has been charged: its money comes onto the account, or it is said, once and for all, that it does not. */
export const creditRedemption = walletUseCase({
  name: 'credit-redemption',
  needs: ({ redemptionId, account, card, client }: CreditRedemption) => ({
    clients: [client, cardsClient, card],
    accounts: [account],
    transactions: [redemptionId],
  }),
  decide: (order, rows, { now }) => {
    if (rows.get('transactions', order.redemptionId)) return {};
    const account = rows.get('accounts', order.account);
    const at = account ? momentOn(now, account) : now;
    const spenders = [
      rows.get('clients', order.client),
      cardOf(order.card, rows.get('clients', order.card), rows.get('clients', cardsClient), at),
    ];
    const cause: Cause = { id: order.redemptionId, type: 'redemption', reference: order.institution, createdAt: at };
    const refusal = refusalOf(order, account, spenders, at);
    if (refusal || !account) return turnedDown(cause, refusal ?? absenceOf(account, order.account));
    const { accounts, entries } = postFromSystem(cause, systemAccount('institutions', order.amount.currency), account, order.amount);
    const credited = { redemption_id: cause.id, account_id: account.id, amount: toWire(order.amount), credited_at: at.toISOString() };
    return {
      put: { clients: spenders.flatMap((each) => afterSpending(each, order.amount, at)), accounts, entries, transactions: [posted(cause)] },
      events: [emit(redemptionCredited, credited, outcomeVersion)],
    };
  },
});

function refusalOf(
  { account: name, amount, expiresAt }: CreditRedemption,
  account: Account | undefined,
  spenders: readonly (Client | undefined)[],
  at: Date,
): MoneyRefusal | undefined {
  if (!isInUse(account)) return absenceOf(account, name);
  if (at >= expiresAt) return { code: 'expired', detail: `it was to be credited before ${expiresAt.toISOString()}` };
  const refusal = refusalToMove([{ account, name }], amount) ?? refusalToTake(account, name, amount);
  return refusal ?? spenders.map((each) => refusalToClient(each, account, amount, at)).find((each) => each !== undefined);
}

const turnedDown = (cause: Cause, { code, detail }: MoneyRefusal): Decision<WalletRows> => ({
  put: { transactions: [refused(cause, code)] },
  events: [emit(redemptionRefused, { redemption_id: cause.id, code, detail }, outcomeVersion)],
});

/** What the gateway says of a redemption are its first versions. */
const outcomeVersion = 9;

import type { Currency } from '@falconpay/money/currency';
import type { Money } from '@falconpay/money/money';
import type { FailureCode } from '@falconpay/contracts/failure-codes';
import { withEntry, type Account } from '../accounts/account.js';

/**
 * A `withdrawal` is one at a counter; a `capture` takes what a hold has set apart; a `shortage` went out without a
 * hold; a `redemption` comes in from a card.
 */
export type TransactionType = 'transfer' | 'refund' | 'deposit' | 'withdrawal' | 'capture' | 'shortage' | 'redemption' | 'opening';

/** What the ledger did about one cause: posted both legs, or refused. Its id is the cause's, so a cause acts once. */
export interface LedgerTransaction {
  readonly id: string;
  readonly type: TransactionType;
  readonly status: 'POSTED' | 'REFUSED';
  readonly code: FailureCode | undefined;
  readonly reference: string | undefined;
  readonly createdAt: Date;
}

/** One leg. Append-only; corrections are new entries. */
export interface Entry {
  readonly accountId: string;
  readonly transactionId: string;
  readonly type: TransactionType;
  /** Minor units; negative leaves the account. */
  readonly amount: bigint;
  readonly currency: Currency;
  /** A system account's balance is the sum of its entries: its legs know no running balance. */
  readonly balanceAfter: bigint | undefined;
  /** The account's version this entry made. */
  readonly accountVersion: number | undefined;
  readonly reference: string | undefined;
  readonly createdAt: Date;
}

/** Both legs of a transaction, and the accounts as they leave them. */
export interface Posting {
  readonly entries: readonly [Entry, Entry];
  readonly accounts: readonly Account[];
}

export type Cause = Pick<LedgerTransaction, 'id' | 'type' | 'reference' | 'createdAt'>;

export const posted = ({ id, type, reference, createdAt }: Cause): LedgerTransaction => ({
  id,
  type,
  status: 'POSTED',
  code: undefined,
  reference,
  createdAt,
});

export const refused = ({ id, type, reference, createdAt }: Cause, code: FailureCode): LedgerTransaction => ({
  id,
  type,
  status: 'REFUSED',
  code,
  reference,
  createdAt,
});

/** One side of a transaction: a customer's account as its entry leaves it, or the name of a system account. */
export type Side = Account | string;

/** Both legs, of sides that stand as they will be. */
export function postingOf(cause: Cause, payer: Side, payee: Side, { amount, currency }: Money): Posting {
  return {
    accounts: [payer, payee].filter((side) => typeof side !== 'string'),
    entries: [entryFor(cause, payer, { amount: -amount, currency }), entryFor(cause, payee, { amount, currency })],
  };
}

/** Moves money between two customers' accounts. Whether it may is decided before. */
export const postBetween = (cause: Cause, from: Account, to: Account, money: Money): Posting =>
  postingOf(cause, withEntry(from, -money.amount, cause.createdAt), withEntry(to, money.amount, cause.createdAt), money);

/** Moves money into a customer's account from one of the bank's own. */
export const postFromSystem = (cause: Cause, systemAccount: string, to: Account, money: Money): Posting =>
  postingOf(cause, systemAccount, withEntry(to, money.amount, cause.createdAt), money);

/** Moves money out of a customer's account into one of the bank's own. */
export const postToSystem = (cause: Cause, from: Account, systemAccount: string, money: Money): Posting =>
  postingOf(cause, withEntry(from, -money.amount, cause.createdAt), systemAccount, money);

const entryFor = (cause: Cause, side: Side, { amount, currency }: Money): Entry => ({
  accountId: typeof side === 'string' ? side : side.id,
  transactionId: cause.id,
  type: cause.type,
  amount,
  currency: typeof side === 'string' ? currency : side.currency,
  balanceAfter: typeof side === 'string' ? undefined : side.posted,
  accountVersion: typeof side === 'string' ? undefined : side.version,
  reference: cause.reference,
  createdAt: cause.createdAt,
});

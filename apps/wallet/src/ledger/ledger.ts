import type { Currency } from '@falconpay/money/currency';
import type { Money } from '@falconpay/money/money';
import type { FailureCode } from '@falconpay/contracts/failure-codes';
import { withEntry, type Account } from '../accounts/account.js';

export type TransactionType = 'transfer' | 'refund' | 'deposit' | 'opening';

/** What the ledger did about one cause: posted both legs, or refused. Its id is the cause's, so a cause acts once. */
export interface LedgerTransaction {
  readonly id: string;
  readonly type: TransactionType;
  readonly status: 'POSTED' | 'REFUSED';
  readonly code?: FailureCode;
  readonly reference?: string;
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
  readonly balanceAfter?: bigint;
  /** The account's version this entry made. */
  readonly accountVersion?: number;
  readonly reference?: string;
  readonly createdAt: Date;
}

/** Both legs of a transaction, and the accounts as they leave them. */
export interface Posting {
  readonly entries: readonly [Entry, Entry];
  readonly accounts: readonly Account[];
}

type Cause = Pick<LedgerTransaction, 'id' | 'type' | 'reference' | 'createdAt'>;

/** Moves money between two customers' accounts. Whether it may is decided before. */
export function postBetween(cause: Cause, from: Account, to: Account, amount: Money): Posting {
  const payer = withEntry(from, -amount.amount, cause.createdAt);
  const payee = withEntry(to, amount.amount, cause.createdAt);
  return { accounts: [payer, payee], entries: [entryFor(cause, payer, -amount.amount), entryFor(cause, payee, amount.amount)] };
}

/** Moves money into a customer's account from one of the bank's own. */
export function postFromSystem(cause: Cause, systemAccount: string, to: Account, amount: Money): Posting {
  const payee = withEntry(to, amount.amount, cause.createdAt);
  const ours: Entry = { ...legOf(cause), accountId: systemAccount, amount: -amount.amount, currency: amount.currency };
  return { accounts: [payee], entries: [ours, entryFor(cause, payee, amount.amount)] };
}

const legOf = (cause: Cause) => ({
  transactionId: cause.id,
  type: cause.type,
  createdAt: cause.createdAt,
  ...(cause.reference === undefined ? {} : { reference: cause.reference }),
});

const entryFor = (cause: Cause, after: Account, amount: bigint): Entry => ({
  ...legOf(cause),
  accountId: after.id,
  amount,
  currency: after.currency,
  balanceAfter: after.posted,
  accountVersion: after.version,
});

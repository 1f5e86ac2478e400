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

/** Moves money between two customers' accounts. Whether it may is decided before. */
export function postBetween(cause: Cause, from: Account, to: Account, amount: Money): Posting {
  const payer = withEntry(from, -amount.amount, cause.createdAt);
  const payee = withEntry(to, amount.amount, cause.createdAt);
  return { accounts: [payer, payee], entries: [entryFor(cause, payer, -amount.amount), entryFor(cause, payee, amount.amount)] };
}

/** Moves money into a customer's account from one of the bank's own. */
export function postFromSystem(cause: Cause, systemAccount: string, to: Account, amount: Money): Posting {
  const payee = withEntry(to, amount.amount, cause.createdAt);
  const ours: Entry = {
    accountId: systemAccount,
    transactionId: cause.id,
    type: cause.type,
    amount: -amount.amount,
    currency: amount.currency,
    balanceAfter: undefined,
    accountVersion: undefined,
    reference: cause.reference,
    createdAt: cause.createdAt,
  };
  return { accounts: [payee], entries: [ours, entryFor(cause, payee, amount.amount)] };
}

const entryFor = (cause: Cause, after: Account, amount: bigint): Entry => ({
  accountId: after.id,
  transactionId: cause.id,
  type: cause.type,
  amount,
  currency: after.currency,
  balanceAfter: after.posted,
  accountVersion: after.version,
  reference: cause.reference,
  createdAt: cause.createdAt,
});

import type { Currency, Money } from '@falconpay/money/money';
import type { AccountState } from './account.lifecycle.js';

/** A customer's account. System accounts are names only (see ledger/system-accounts.ts): they have no row to lock. */
export interface Account {
  readonly id: string;
  readonly number: string;
  readonly owner: string;
  readonly currency: Currency;
  readonly status: AccountState;
  /** The fold of the account's entries. */
  readonly posted: bigint;
  /** Set apart for holds. */
  readonly held: bigint;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const available = (account: Account): bigint => account.posted - account.held;

/** The account after an entry of this amount; negative leaves the account. */
export function withEntry(account: Account, amount: Money, at: Date): Account {
  return { ...account, posted: account.posted + amount.amount, version: account.version + 1, updatedAt: at };
}

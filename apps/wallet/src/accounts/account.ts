import type { Currency } from '@falconpay/money/currency';
import { LARGEST_WIRE_AMOUNT } from '@falconpay/money/money';
import { accountLifecycle, type AccountState } from './account.lifecycle.js';

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

/** A balance beyond what JSON carries exactly could be told to nobody, neither in an answer nor in an event. */
export const hasRoomFor = (account: Account, amount: bigint): boolean => account.posted + amount <= LARGEST_WIRE_AMOUNT;

/** The account after an entry of this amount; negative leaves the account. Impossible on a frozen one: that is refused before. */
export function withEntry(account: Account, amount: bigint, at: Date): Account {
  accountLifecycle.transition(account.status, 'post');
  return { ...account, posted: account.posted + amount, version: account.version + 1, updatedAt: at };
}

/** The same account when it is frozen, or thawed, already. */
export function withStatus(account: Account, event: 'freeze' | 'unfreeze', at: Date): Account {
  const move = accountLifecycle.transition(account.status, event);
  return typeof move === 'string' ? account : { ...account, status: move.to, version: account.version + 1, updatedAt: at };
}

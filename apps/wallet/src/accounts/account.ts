import type { Currency } from '@falconpay/money/currency';
import { LARGEST_WIRE_AMOUNT } from '@falconpay/money/money';
import { withGivenBack, withLimits, withSpent, type Limited } from '../rules/limited.js';
import type { Limits } from '../rules/limits.js';
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
  /** Posted, and not yet released at `releasedThrough`. */
  readonly unreleased: bigint;
  /** Releases up to here are no longer in `unreleased`. */
  readonly releasedThrough: Date;
  /** Undefined for most: nothing is limited, and nothing counted. */
  readonly limited: Limited | undefined;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function newAccount(names: Pick<Account, 'id' | 'number' | 'owner' | 'currency'>, at: Date): Account {
  return {
    ...{ ...names, status: 'OPEN', posted: 0n, held: 0n, unreleased: 0n, version: 0 },
    ...{ limited: undefined, releasedThrough: at, createdAt: at, updatedAt: at },
  };
}

export const available = (account: Pick<Account, 'posted' | 'held' | 'unreleased'>): bigint =>
  account.posted - account.held - account.unreleased;

/** A balance beyond what JSON carries exactly could be told to nobody, neither in an answer nor in an event. */
export const hasRoomFor = (account: Account, amount: bigint): boolean => account.posted + amount <= LARGEST_WIRE_AMOUNT;

/**
 * When what is decided now happens on these accounts. A clock that was set back must not bring an account's entries out of
 * order, nor let it spend what was released before the release.
 */
export function momentOn(now: Date, ...accounts: readonly Account[]): Date {
  let latest = now;
  for (const { updatedAt, releasedThrough } of accounts) {
    if (updatedAt > latest) latest = updatedAt;
    if (releasedThrough > latest) latest = releasedThrough;
  }
  return latest;
}

/** The account after an entry of this amount; negative leaves the account. Impossible on a frozen one: that is refused before. */
export function withEntry(account: Account, amount: bigint, at: Date): Account {
  accountLifecycle.transition(account.status, 'post');
  const limited = amount < 0n ? withSpent(account.limited, { amount: -amount, currency: account.currency }, at) : account.limited;
  return { ...account, posted: account.posted + amount, limited, version: account.version + 1, updatedAt: at };
}

/** Part of what an entry has just brought is released later. */
export const withUnreleased = (account: Account, amount: bigint): Account => ({ ...account, unreleased: account.unreleased + amount });

/** The account as the releases that have matured by this instant leave it: nothing happens to it, so it keeps its version. */
export const withReleased = (account: Account, amount: bigint, through: Date): Account => ({
  ...account,
  unreleased: account.unreleased - amount,
  releasedThrough: through > account.releasedThrough ? through : account.releasedThrough,
});

/** Sets an amount apart for a hold: for the account's limits it is spent from now on, and not once more when it is captured. */
export function withHold(account: Account, amount: bigint, at: Date): Account {
  accountLifecycle.transition(account.status, 'post');
  const limited = withSpent(account.limited, { amount, currency: account.currency }, at);
  return { ...account, held: account.held + amount, limited, version: account.version + 1, updatedAt: at };
}

/** A hold has ended; what was captured of it leaves the account, the rest can be spent again. */
export function withHoldEnded(
  account: Account,
  hold: { readonly amount: bigint; readonly createdAt: Date },
  captured: bigint,
  at: Date,
): Account {
  accountLifecycle.transition(account.status, 'settle');
  const givenBack = { amount: hold.amount - captured, currency: account.currency };
  return {
    ...account,
    posted: account.posted - captured,
    held: account.held - hold.amount,
    limited: withGivenBack(account.limited, givenBack, hold.createdAt, at),
    version: account.version + 1,
    updatedAt: at,
  };
}

export const withAccountLimits = (account: Account, limits: Limits | undefined, at: Date): Account => ({
  ...account,
  ...{ limited: withLimits(account.limited, limits, at), version: account.version + 1, updatedAt: at },
});

/** An operator's word; the same account when it is true already, undefined when it comes too late: the account is closed. */
export function withStatus(account: Account, event: 'freeze' | 'unfreeze' | 'close', at: Date): Account | undefined {
  const move = accountLifecycle.transition(account.status, event);
  if (move === 'stale') return undefined;
  return move === 'duplicate' ? account : { ...account, status: move.to, version: account.version + 1, updatedAt: at };
}

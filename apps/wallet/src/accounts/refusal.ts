import type { FailureCode } from '@falconpay/contracts/failure-codes';
import { spendingRefused, type SpendingRefused } from '@falconpay/contracts/topics/spending-refused.topic';
import { toWire, type Money } from '@falconpay/money/money';
import { emit } from '@falconpay/pipeline/use-case';
import { refusalByRules } from '../rules/limited.js';
import { available, hasRoomFor, type Account } from './account.js';

/** Why money does not move: a code for programs, a sentence for people. */
export interface MoneyRefusal {
  readonly code: FailureCode;
  readonly detail: string;
}

/** The answer to a request that is turned down. */
export const turnDown = ({ code, detail }: { readonly code: string; readonly detail: string }) => ({
  reply: { refused: code, detail },
});

/**
 * The answer to a request to spend that is turned down, and the word of it for whoever looks on: in the commit that keeps the answer, so
 * that a repeated request says nothing twice. What is said of no account is not kept, and no event.
 */
export function refuseSpending(
  account: Account | undefined,
  { client, kind, amount }: Pick<SpendingRefused, 'client' | 'kind'> & { readonly amount: Money },
  refusal: MoneyRefusal,
) {
  if (!isInUse(account)) return turnDown(refusal);
  const data = { account_id: account.id, client, kind, amount: toWire(amount), ...refusal };
  return { ...turnDown(refusal), events: [emit(spendingRefused, data, account.version)] };
}

/**
 * A closed account is one that is not there any more. Not `account-frozen`: that says that it may work again later, and it
 * never will.
 */
export const isInUse = (account: Account | undefined): account is Account => account !== undefined && account.status !== 'CLOSED';

/** What to say of an account that is not in use; `name` is what it was asked for by. */
export const absenceOf = (account: Account | undefined, name: string): MoneyRefusal => ({
  code: 'account-not-found',
  detail: account ? `account ${name} is closed` : `there is no account ${name}`,
});

/** Why this account cannot give that much. The only place where it is decided whether money may leave an account. */
export function refusalToGive(account: Account, name: string, money: Money, at: Date): MoneyRefusal | undefined {
  if (available(account) < money.amount) return { code: 'insufficient-funds', detail: `account ${name} has less than that available` };
  return refusalByRules(account.limited, `account ${name}`, { ...money, accountSince: account.createdAt }, at);
}

/** Why this account cannot take that much. */
export function refusalToTake(account: Account, name: string, money: Money): MoneyRefusal | undefined {
  if (!hasRoomFor(account, money.amount)) return { code: 'limit-exceeded', detail: `account ${name} cannot hold that much` };
  return undefined;
}

/** Why nothing of this kind moves on these accounts, in either direction. */
export function refusalToMove(
  accounts: readonly { readonly account: Account; readonly name: string }[],
  money: Money,
): MoneyRefusal | undefined {
  for (const { account, name } of accounts)
    if (account.status === 'FROZEN') return { code: 'account-frozen', detail: `account ${name} is frozen` };
  for (const { account, name } of accounts)
    if (account.currency !== money.currency) return { code: 'currency-mismatch', detail: `account ${name} is in ${account.currency}` };
  return undefined;
}

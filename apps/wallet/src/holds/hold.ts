import { InvariantViolation } from '@falconpay/lifecycle/lifecycle';
import type { Currency } from '@falconpay/money/currency';
import type { Money } from '@falconpay/money/money';
import { momentOn, withEntry, withHold, withHoldEnded, type Account } from '../accounts/account.js';
import { absenceOf, isInUse, refusalToGive, refusalToMove, type MoneyRefusal } from '../accounts/refusal.js';
import { posted, postingOf, type Cause, type LedgerTransaction, type Posting, type Side } from '../ledger/ledger.js';
import { afterSpending, refusalToClient, type Client } from '../rules/client.js';
import { holdLifecycle, type HoldState } from './hold.lifecycle.js';

/** Who placed it: a request, whose holds may expire, or a saga, which alone ends them: the clock knows nothing of what has left. */
export type HoldSource = 'request' | 'withdrawal' | 'payout';

/** Money of an account, set apart: nobody else can spend it until the hold ends, once. */
export interface Hold {
  readonly id: string;
  readonly accountId: string;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly status: HoldState;
  /** The rest of the amount was given back in the same commit. */
  readonly captured: bigint;
  /** Where captured money goes, or went. */
  readonly counterAccount: string;
  readonly reference: string | undefined;
  readonly source: HoldSource;
  /** Undefined: never, as of all that sagas placed. */
  readonly expiresAt: Date | undefined;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly endedAt: Date | undefined;
}

/** A saga's is to be placed before `expiresAt`, or not at all. */
export interface HoldOrder extends Pick<Hold, 'id' | 'counterAccount' | 'reference' | 'source' | 'expiresAt'> {
  /** The account's id or number. */
  readonly account: string;
  readonly amount: Money;
}

/** A hold and its account as a decision leaves them. */
export interface HoldChange {
  readonly hold: Hold;
  readonly account: Account;
}

/** Sets the amount apart, or says why not. */
export function placeHold(
  order: HoldOrder,
  account: Account | undefined,
  now: Date,
  client?: Client,
): (HoldChange & { readonly clients: readonly Client[] }) | { readonly refused: MoneyRefusal } {
  const { account: name, amount: money, expiresAt } = order;
  if (!isInUse(account)) return { refused: absenceOf(account, name) };
  const at = momentOn(now, account);
  if (expiresAt && expiresAt <= at) return { refused: { code: 'expired', detail: `it was to end at ${expiresAt.toISOString()}` } };
  const refusal =
    refusalToMove([{ account, name }], money) ?? refusalToGive(account, name, money, at) ?? refusalToClient(client, account, money, at);
  if (refusal) return { refused: refusal };
  const { id, counterAccount, reference, source } = order;
  const hold: Hold = {
    ...{ id, accountId: account.id, ...money, status: 'ACTIVE', captured: 0n, counterAccount, reference, source },
    ...{ expiresAt: source === 'request' ? expiresAt : undefined, version: 0, createdAt: at, updatedAt: at, endedAt: undefined },
  };
  return { hold, account: withHold(account, money.amount, at), clients: afterSpending(client, money, at) };
}

export interface Capture {
  /** From 1 to all of the hold. */
  readonly amount: bigint;
  /** Another account than the hold's, or the name of a system account. Whether it can take the money is decided before. */
  readonly to: Side;
}

export type CaptureDecision = (HoldChange & { readonly posting: Posting; readonly transaction: LedgerTransaction }) | 'duplicate' | 'stale';

/** Takes this much of what was set apart and gives the rest back. The account may be frozen by now: the money was promised before. */
export function captureHold(hold: Hold, account: Account, { amount, to }: Capture, now: Date): CaptureDecision {
  const move = holdLifecycle.transition(hold.status, 'capture');
  if (typeof move === 'string') return move;
  if (amount < 1n || amount > hold.amount)
    throw new InvariantViolation(`hold ${hold.id} of ${hold.amount} cannot be captured with ${amount}`);
  const at = typeof to === 'string' ? momentOn(now, account) : momentOn(now, account, to);
  const cause: Cause = { id: hold.id, type: 'capture', reference: hold.reference, createdAt: at };
  const payer = withHoldEnded(account, hold, amount, at);
  const payee = typeof to === 'string' ? to : withEntry(to, amount, at);
  return {
    hold: { ...ended(hold, move.to, at), captured: amount, counterAccount: typeof to === 'string' ? to : to.id },
    account: payer,
    posting: postingOf(cause, payer, payee, { amount, currency: hold.currency }),
    transaction: posted(cause),
  };
}

/** Gives back what was set apart: because somebody says so, or because its time is over. */
export function endHold(hold: Hold, account: Account, event: 'release' | 'expire', now: Date): HoldChange | 'duplicate' | 'stale' {
  const move = holdLifecycle.transition(hold.status, event);
  if (typeof move === 'string') return move;
  const at = momentOn(now, account);
  return { hold: ended(hold, move.to, at), account: withHoldEnded(account, hold, 0n, at) };
}

export const hasExpired = (hold: Hold, now: Date): boolean =>
  hold.status === 'ACTIVE' && hold.expiresAt !== undefined && hold.expiresAt <= now;

const ended = (hold: Hold, status: HoldState, at: Date): Hold => ({
  ...hold,
  status,
  version: hold.version + 1,
  updatedAt: at,
  endedAt: at,
});

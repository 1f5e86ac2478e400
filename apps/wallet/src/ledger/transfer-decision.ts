import type { FailureCode } from '@falconpay/contracts/failure-codes';
import type { Money } from '@falconpay/money/money';
import { available, hasRoomFor, type Account } from '../accounts/account.js';
import { postBetween, posted, refused, type Cause, type LedgerTransaction, type Posting } from './ledger.js';

export interface TransferOrder {
  readonly paymentId: string;
  readonly kind: 'transfer' | 'refund';
  readonly from: string;
  readonly to: string;
  readonly amount: Money;
  readonly reference: string | undefined;
  readonly expiresAt: Date;
}

export interface TransferRefusal {
  readonly code: FailureCode;
  readonly detail: string;
}

export type TransferDecision =
  | { readonly posted: Posting; readonly transaction: LedgerTransaction }
  | { readonly refused: TransferRefusal; readonly transaction: LedgerTransaction };

type FindAccount = (key: string) => Account | undefined;

/** Post both legs, or say why not. The only place where it is decided whether a transfer's money moves. */
export function decideTransfer(order: TransferOrder, find: FindAccount, now: Date): TransferDecision {
  const cause: Cause = { id: order.paymentId, type: order.kind, reference: order.reference, createdAt: now };
  const refuse = (code: FailureCode, detail: string): TransferDecision => ({
    refused: { code, detail },
    transaction: refused(cause, code),
  });

  const from = find(order.from);
  if (!from) return refuse('account-not-found', `there is no account ${order.from}`);
  const to = find(order.to);
  if (!to) return refuse('account-not-found', `there is no account ${order.to}`);
  if (from.id === to.id) return refuse('same-account', `${order.from} and ${order.to} are one account`);
  if (now >= order.expiresAt) return refuse('expired', `it was to be posted before ${order.expiresAt.toISOString()}`);
  if (from.status === 'FROZEN') return refuse('account-frozen', `account ${order.from} is frozen`);
  if (to.status === 'FROZEN') return refuse('account-frozen', `account ${order.to} is frozen`);
  if (from.currency !== order.amount.currency) return refuse('currency-mismatch', `account ${order.from} is in ${from.currency}`);
  if (to.currency !== order.amount.currency) return refuse('currency-mismatch', `account ${order.to} is in ${to.currency}`);
  if (available(from) < order.amount.amount) return refuse('insufficient-funds', `account ${order.from} has less than that available`);
  if (!hasRoomFor(to, order.amount.amount)) return refuse('limit-exceeded', `account ${order.to} cannot hold that much`);
  return { posted: postBetween(cause, from, to, order.amount), transaction: posted(cause) };
}

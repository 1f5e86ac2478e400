import type { Money } from '@falconpay/money/money';
import { momentOn, type Account } from '../accounts/account.js';
import { absenceOf, isInUse, refusalToGive, refusalToMove, refusalToTake, type MoneyRefusal } from '../accounts/refusal.js';
import { afterSpending, refusalToClient, type Client } from '../rules/client.js';
import { postBetween, posted, refused, type Cause, type LedgerTransaction, type Posting } from './ledger.js';

export interface TransferOrder {
  readonly paymentId: string;
  readonly kind: 'transfer' | 'refund';
  readonly from: string;
  readonly to: string;
  readonly amount: Money;
  readonly reference: string | undefined;
  readonly expiresAt: Date;
  /** Who asked for it; undefined for what was announced before that was told. */
  readonly client?: string | undefined;
}

export type TransferDecision =
  | { readonly posted: Posting; readonly transaction: LedgerTransaction; readonly clients: readonly Client[] }
  | { readonly refused: MoneyRefusal; readonly transaction: LedgerTransaction };

/** The rows a transfer is decided on, as the decisions before it left them. */
export interface TransferRows {
  readonly account: (key: string) => Account | undefined;
  readonly client: (id: string) => Client | undefined;
}

/** What a transfer's use case must name. */
export const needsOf = (orders: readonly TransferOrder[]) => ({
  clients: orders.flatMap(({ client }) => client ?? []),
  accounts: orders.flatMap(({ from, to }) => [from, to]),
  transactions: orders.map(({ paymentId }) => paymentId),
});

/** Post both legs, or say why not. The only place where it is decided whether a transfer's money moves. */
export function decideTransfer(order: TransferOrder, rows: TransferRows, now: Date): TransferDecision {
  const from = rows.account(order.from);
  const to = rows.account(order.to);
  const at = momentOn(now, ...[from, to].filter((account) => account !== undefined));
  const cause: Cause = { id: order.paymentId, type: order.kind, reference: order.reference, createdAt: at };
  const refuse = (refusal: MoneyRefusal): TransferDecision => ({ refused: refusal, transaction: refused(cause, refusal.code) });

  if (!isInUse(from)) return refuse(absenceOf(from, order.from));
  if (!isInUse(to)) return refuse(absenceOf(to, order.to));
  if (from.id === to.id) return refuse({ code: 'same-account', detail: `${order.from} and ${order.to} are one account` });
  if (now >= order.expiresAt) return refuse({ code: 'expired', detail: `it was to be posted before ${order.expiresAt.toISOString()}` });
  const sides = [
    { account: from, name: order.from },
    { account: to, name: order.to },
  ];
  const client = order.client === undefined ? undefined : rows.client(order.client);
  const refusal =
    refusalToMove(sides, order.amount) ??
    refusalToGive(from, order.from, order.amount, at) ??
    refusalToTake(to, order.to, order.amount) ??
    refusalToClient(client, from, order.amount, at);
  if (refusal) return refuse(refusal);
  const clients = afterSpending(client, order.amount, at);
  return { posted: postBetween(cause, from, to, order.amount), transaction: posted(cause), clients };
}

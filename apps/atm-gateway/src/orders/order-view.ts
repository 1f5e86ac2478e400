import { toWire, toWireInteger } from '@falconpay/money/money';
import type { Case } from '../outside/case.js';
import type { Evidence } from '../outside/evidence.js';
import type { Order } from './order.js';
import { orderWords, publicStatusOf, type OrderWords } from './order-words.js';

/** An order as clients see it, with everything that is known about it, in the words of its kind. */
export function orderView(order: Order, evidence: readonly Evidence[] = [], cases: readonly Omit<Case, 'orderId'>[] = []) {
  const words = orderWords[order.kind];
  const { currency } = order.amount;
  return {
    id: order.id,
    status: publicStatusOf(order.kind, order.status),
    account: order.account,
    amount: toWire(order.amount),
    [words.partner]: order.partner,
    ...order.beneficiary,
    [words.paid]: order.paid === undefined ? undefined : toWire({ amount: order.paid, currency }),
    failure: order.failure && { code: order.failure.code, detail: order.failure.detail },
    reversal_id: order.reversalId,
    evidence: evidence.map((piece) => evidenceView(piece, currency, words)),
    cases: cases.map(({ reason, detail, openedAt }) => ({ reason, detail, opened_at: openedAt.toISOString() })),
    created_at: order.createdAt.toISOString(),
    updated_at: order.updatedAt.toISOString(),
  };
}

export type OrderView = ReturnType<typeof orderView>;

const evidenceView = ({ source, says, paid, partnerRef, reason, doubt, at }: Evidence, currency: string, words: OrderWords) => ({
  source,
  says,
  [words.paid]: paid === undefined ? undefined : { amount: toWireInteger(paid), currency },
  [words.ref]: partnerRef,
  reason,
  doubt,
  at: at.toISOString(),
});

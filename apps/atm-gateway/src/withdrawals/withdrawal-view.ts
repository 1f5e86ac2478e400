import { toWire, toWireInteger } from '@falconpay/money/money';
import type { Order } from '../orders/order.js';
import type { Case } from '../outside/case.js';
import type { Evidence } from '../outside/evidence.js';
import { withdrawalStatusOf } from './withdrawal-status.js';

/** A withdrawal as clients see it, with everything that is known about it. */
export const withdrawalView = (order: Order, evidence: readonly Evidence[] = [], cases: readonly Omit<Case, 'orderId'>[] = []) => ({
  id: order.id,
  status: withdrawalStatusOf(order.status),
  account: order.account,
  amount: toWire(order.amount),
  atm_id: order.partner,
  dispensed: order.paid === undefined ? undefined : toWire({ amount: order.paid, currency: order.amount.currency }),
  failure: order.failure,
  evidence: evidence.map((piece) => evidenceView(piece, order.amount.currency)),
  cases: cases.map(({ reason, detail, openedAt }) => ({ reason, detail, opened_at: openedAt.toISOString() })),
  created_at: order.createdAt.toISOString(),
  updated_at: order.updatedAt.toISOString(),
});

const evidenceView = ({ source, says, paid, partnerRef, reason, doubt, at }: Evidence, currency: string) => ({
  source,
  says,
  dispensed: paid === undefined ? undefined : { amount: toWireInteger(paid), currency },
  machine_ref: partnerRef,
  reason,
  doubt,
  at: at.toISOString(),
});

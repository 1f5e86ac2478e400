import type { Money } from '@falconpay/money/money';
import { gatewayUseCase } from '../../gateway-rows.js';
import { announced } from '../../orders/announcements.js';
import { isShort, moved, type Order } from '../../orders/order.js';
import { rule } from '../../orders/ruling.js';
import { evidenceOf, withEvidence, type Dossier } from '../../outside/evidence.js';
import { weigh } from '../../outside/weigh.js';
import { withdrawalView } from '../withdrawal-view.js';

export interface ResolveWithdrawal {
  readonly id: string;
  readonly outcome: 'dispensed' | 'not_dispensed';
  /** All of it when not given. */
  readonly dispensed: Money | undefined;
  readonly reason: string;
  /** Who says so. */
  readonly operator: string;
}

/** An operator has found out what happened. It becomes the weightiest evidence there is, with who said it and why, for ever. */
export const resolveWithdrawal = gatewayUseCase({
  name: 'resolve-withdrawal',
  needs: ({ id }: ResolveWithdrawal) => ({ orders: [id], dossiers: [id] }),
  decide: (resolution, rows, { now }) => {
    const { id, reason, operator } = resolution;
    const order = rows.get('orders', id);
    if (!order) return turnDown('withdrawal-not-found', `There is no withdrawal ${id}.`);
    if (order.status !== 'MANUAL_REVIEW') return turnDown('conflict', `Withdrawal ${id} does not wait for anybody to settle it.`);
    const paid = paidBy(resolution, order);
    if (typeof paid === 'string') return turnDown('unprocessable-request', paid);
    const answer = {
      ...(paid === 0n
        ? { says: 'refused' as const }
        : { says: paid === order.amount.amount ? ('done' as const) : ('partial' as const), paid }),
      ...{ reason, raw: `resolved by ${operator}` },
    };
    const dossier = withEvidence(rows.get('dossiers', id) ?? { orderId: id, evidence: [] }, evidenceOf(id, 'operator', answer, now));
    return isShort(order) ? settled(order, dossier, paid, now) : ruled(order, dossier, now);
  },
});

function ruled(order: Order, dossier: Dossier, now: Date) {
  const { order: after, announce, open } = rule(order, weigh(dossier.evidence), now);
  return {
    put: { orders: [after], dossiers: [dossier], cases: open ? [{ ...open, orderId: order.id, openedAt: now }] : [] },
    events: announced(after, announce),
    reply: { status: 200, body: withdrawalView(after, dossier.evidence) },
  };
}

/** The bank has paid what went out already: there is nothing for the wallet to do, but to take note that it was so. */
function settled(order: Order, dossier: Dossier, paid: bigint, now: Date) {
  if (paid !== order.paid)
    return turnDown('unprocessable-request', `The bank has posted a shortage of ${order.paid}: to undo that takes an entry in the ledger.`);
  const after = moved(order, 'settle', now);
  return { put: { orders: [after], dossiers: [dossier] }, reply: { status: 200, body: withdrawalView(after, dossier.evidence) } };
}

/** How much came out, or what is wrong with what is said. */
function paidBy({ outcome, dispensed }: ResolveWithdrawal, { amount }: Order): bigint | string {
  if (outcome === 'not_dispensed') return dispensed === undefined ? 0n : 'What was not dispensed has no amount.';
  if (dispensed === undefined) return amount.amount;
  if (dispensed.currency !== amount.currency) return `The withdrawal is in ${amount.currency}.`;
  return dispensed.amount <= amount.amount
    ? dispensed.amount
    : 'More than was asked for cannot be paid for: that takes an entry in the ledger.';
}

const turnDown = (refused: string, detail: string) => ({ reply: { refused, detail } });

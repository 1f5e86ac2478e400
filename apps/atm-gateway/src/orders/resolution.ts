import type { Money } from '@falconpay/money/money';
import type { Decision, Rows } from '@falconpay/pipeline/use-case';
import type { GatewayRows } from '../gateway-rows.js';
import { evidenceOf, withEvidence, type Dossier } from '../outside/evidence.js';
import { weigh } from '../outside/weigh.js';
import { announced } from './announcements.js';
import { isShort, moved, type Order, type OrderKind } from './order.js';
import { orderView } from './order-view.js';
import { orderWords } from './order-words.js';
import { rule } from './ruling.js';

/** An operator has found out what happened. */
export interface Resolution {
  readonly id: string;
  readonly hasLeft: boolean;
  /** How much; all of it when not given. */
  readonly paid: Money | undefined;
  readonly reason: string;
  /** Who says so. */
  readonly operator: string;
}

export const resolutionNeeds = ({ id }: Resolution) => ({ orders: [id], dossiers: [id] });

/** It becomes the weightiest evidence there is, with who said it and why, for ever. */
export function resolve(kind: OrderKind, resolution: Resolution, rows: Rows<GatewayRows>, now: Date): Decision<GatewayRows> {
  const { id, reason, operator } = resolution;
  const order = rows.get('orders', id);
  if (order?.kind !== kind) return turnDown(orderWords[kind].notFound, `There is no ${kind} ${id}.`);
  if (order.status !== 'MANUAL_REVIEW') return turnDown('conflict', `This ${kind} does not wait for anybody to settle it.`);
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
}

function ruled(order: Order, dossier: Dossier, now: Date): Decision<GatewayRows> {
  const { order: after, announce, open } = rule(order, weigh(dossier.evidence), now);
  return {
    put: { orders: [after], dossiers: [dossier], cases: open ? [{ ...open, orderId: order.id, openedAt: now }] : [] },
    events: announced(after, announce),
    reply: { status: 200, body: orderView(after, dossier.evidence) },
  };
}

/** The bank has paid what went out already: there is nothing for the wallet to do, but to take note that it was so. */
function settled(order: Order, dossier: Dossier, paid: bigint, now: Date): Decision<GatewayRows> {
  if (paid !== order.paid)
    return turnDown('unprocessable-request', `The bank has posted a shortage of ${order.paid}: to undo that takes an entry in the ledger.`);
  const after = moved(order, 'settle', now);
  return { put: { orders: [after], dossiers: [dossier] }, reply: { status: 200, body: orderView(after, dossier.evidence) } };
}

/** How much has left, or what is wrong with what is said. */
function paidBy({ hasLeft, paid }: Resolution, { amount }: Order): bigint | string {
  if (!hasLeft) return paid === undefined ? 0n : 'What has not left has no amount.';
  if (paid === undefined) return amount.amount;
  if (paid.currency !== amount.currency) return `It is in ${amount.currency}.`;
  return paid.amount <= amount.amount ? paid.amount : 'More than was asked for cannot be paid for: that takes an entry in the ledger.';
}

const turnDown = (refused: string, detail: string) => ({ reply: { refused, detail } });

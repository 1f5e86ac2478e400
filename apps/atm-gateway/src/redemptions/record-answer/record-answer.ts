import type { Decision } from '@falconpay/pipeline/use-case';
import { gatewayUseCase, type GatewayRows } from '../../gateway-rows.js';
import { knownOrder } from '../../orders/known-order.js';
import type { Order } from '../../orders/order.js';
import { partnerKeyOf } from '../../orders/order-partner.js';
import type { CaseReason } from '../../outside/case.js';
import { done, newErrand, postponed, type Errand, type ErrandStep } from '../../outside/errand.js';
import { evidenceOf, withEvidence, type Dossier } from '../../outside/evidence.js';
import type { PartnerAnswer } from '../../outside/partner-port.js';
import { approved } from '../approved.js';
import { moved, reversing } from '../redemption.js';

export interface RecordAnswer {
  readonly orderId: string;
  /** What the institution was asked; `cancel` is the reversal. */
  readonly asked: ErrandStep;
  readonly answer: Omit<PartnerAnswer, 'tookMs'>;
  /** How long the wallet may take to credit. */
  readonly creditWithinMs: number;
}

interface Ruling {
  readonly order: Order;
  readonly open?: { readonly reason: CaseReason; readonly detail: string };
}

/** An answer, in time or late: it is kept, and decides what there is to decide. Only a clear approval, before any doubt, is credited. */
export const recordAnswer = gatewayUseCase({
  name: 'record-answer',
  needs: ({ orderId }: RecordAnswer) => ({ orders: [orderId], errands: [orderId], dossiers: [orderId] }),
  decide: (message, rows, { now }): Decision<GatewayRows> => {
    const { orderId, asked, answer } = message;
    const order = knownOrder(rows, orderId);
    const known = rows.get('dossiers', orderId) ?? { orderId, evidence: [] };
    const dossier = withEvidence(known, evidenceOf(orderId, asked === 'inquire' ? 'inquiry' : 'reply', answer, now));
    const expiresAt = new Date(now.getTime() + message.creditWithinMs);
    const { order: after, open } = asked === 'cancel' ? acknowledged(order, answer, now) : heard(order, message, known, expiresAt, now);
    return {
      put: {
        ...{ orders: [after], dossiers: [dossier], errands: errandAfter(rows.get('errands', orderId), order, after, now) },
        cases: open ? [{ ...open, orderId, openedAt: now }] : [],
      },
      events: after.status === 'CREDITING' && order.status !== 'CREDITING' ? [approved(after)] : [],
      reply: { status: 200, body: {} },
    };
  },
});

/** Only these three acknowledge: reversed, already_reversed, original_unknown. */
const acknowledged = (order: Order, { says }: RecordAnswer['answer'], now: Date): Ruling => ({
  order: says === 'reversed' || says === 'tombstoned' ? moved(order, 'acknowledge', now) : order,
});

function heard(order: Order, { asked, answer }: RecordAnswer, known: Dossier, expiresAt: Date, now: Date): Ruling {
  switch (answer.says) {
    case 'done':
      return charged(order, known, expiresAt, now);
    case 'refused':
    case 'tombstoned':
    case 'reversed':
      return notCharged(order, { code: 'declined', detail: answer.reason ?? 'the institution has declined' }, now);
    case 'not_sent':
      // Of a command that was not sent it is certain that nothing happened; an inquiry that was not sent says nothing.
      if (asked === 'command') return notCharged(order, { code: 'institution-unreachable', detail: 'nothing was sent' }, now);
  }
  const doubt = { code: 'no-clear-answer', detail: 'the institution gave no clear answer in time: the charge is taken back' };
  return { order: order.status === 'CASHING_OUT' ? reversing(order, 'doubt', doubt, now) : order };
}

function charged(order: Order, known: Dossier, expiresAt: Date, now: Date): Ruling {
  if (order.status === 'CASHING_OUT') return { order: moved(order, 'approve', now, { paid: order.amount.amount, expiresAt }) };
  const hadPromised =
    order.status === 'DECLINED' || (order.status === 'REVERSED' && !known.evidence.some(({ says }) => says === 'reversed'));
  if (!hadPromised) return { order };
  const failure = { code: 'declined', detail: 'the institution has charged what it had declined' };
  const open = { reason: 'contradiction', detail: 'the card was charged after the institution had said that it would not be' } as const;
  return { order: reversing(order, 'approve', failure, now), open };
}

function notCharged(order: Order, failure: NonNullable<Order['failure']>, now: Date): Ruling {
  if (order.status === 'CASHING_OUT') return { order: moved(order, 'decline', now, { failure }) };
  if (order.status !== 'CREDITING' && order.status !== 'COMPLETED') return { order };
  return { order, open: { reason: 'contradiction', detail: `it had been approved when it was said: ${failure.detail}` } };
}

function errandAfter(errand: Errand | undefined, before: Order, after: Order, now: Date): Errand[] {
  if (after.status === 'REVERSING' && before.status !== 'REVERSING') {
    const about = { orderId: after.id, kind: after.kind, partner: partnerKeyOf(after) };
    return [errand?.dueAt ? postponed(errand, 'cancel', now, 0) : newErrand(about, 'cancel', now)];
  }
  const isAwaited = after.status === 'CASHING_OUT' || after.status === 'REVERSING';
  return errand?.dueAt && !isAwaited ? [done(errand)] : [];
}

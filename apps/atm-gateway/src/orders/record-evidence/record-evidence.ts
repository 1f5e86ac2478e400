import { gatewayUseCase, type GatewayRows } from '../../gateway-rows.js';
import { afterAnswer, done, type Errand, type ErrandStep } from '../../outside/errand.js';
import { evidenceOf, withEvidence } from '../../outside/evidence.js';
import type { PartnerAnswer } from '../../outside/partner-port.js';
import { weigh } from '../../outside/weigh.js';
import type { Decision } from '@falconpay/pipeline/use-case';
import { announced } from '../announcements.js';
import { knownOrder } from '../known-order.js';
import type { Order } from '../order.js';
import { doubted, rule } from '../ruling.js';

export interface RecordEvidence {
  readonly orderId: string;
  /** What the partner was asked. */
  readonly asked: ErrandStep;
  readonly answer: Omit<PartnerAnswer, 'tookMs'>;
}

/** An answer, in time or late: it is kept, weighed with all that is known, and decides what there is to decide. */
export const recordEvidence = gatewayUseCase({
  name: 'record-evidence',
  needs: ({ orderId }: RecordEvidence) => ({ orders: [orderId], errands: [orderId], dossiers: [orderId] }),
  decide: (message, rows, { now }) => {
    const { orderId, asked, answer } = message;
    // Only of a command does it mean anything that it was not sent: it never will be.
    if (answer.says === 'not_sent' && asked !== 'command') return { reply: recorded };
    const order = knownOrder(rows, orderId);
    const known = rows.get('dossiers', orderId) ?? { orderId, evidence: [] };
    const dossier = withEvidence(known, evidenceOf(orderId, asked === 'inquire' ? 'inquiry' : 'reply', answer, now));
    const ruled = rule(order, weigh(dossier.evidence), now);
    const ruling = ruled.order.status === 'ACTING' && answer.says !== 'in_progress' ? doubted(ruled.order, now) : ruled;
    const { order: after, announce, open } = ruling;
    const put: Decision<GatewayRows>['put'] = {
      orders: [after],
      dossiers: [dossier],
      errands: errandAfter(rows.get('errands', orderId), order, after, message, now),
      cases: open ? [{ ...open, orderId, openedAt: now }] : [],
    };
    return { put, events: announced(after, announce), reply: recorded };
  },
});

const recorded = { status: 200, body: {} };

function errandAfter(errand: Errand | undefined, before: Order, after: Order, { asked, answer }: RecordEvidence, now: Date): Errand[] {
  if (!errand?.dueAt) return [];
  if (after.status !== 'ACTING' && after.status !== 'RECONCILING') return [done(errand)];
  // The late answer to the command that says nothing: it has been asked about for long.
  if (asked === 'command' && before.status !== 'ACTING') return [];
  return [afterAnswer(errand, asked, answer, now)];
}

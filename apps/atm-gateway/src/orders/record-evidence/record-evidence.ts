import { gatewayUseCase, type GatewayRows } from '../../gateway-rows.js';
import { afterAnswer, done, type Errand, type ErrandStep } from '../../outside/errand.js';
import { evidenceOf, withEvidence, type EvidenceSource } from '../../outside/evidence.js';
import type { PartnerAnswer } from '../../outside/partner-port.js';
import { weigh } from '../../outside/weigh.js';
import type { Decision } from '@falconpay/pipeline/use-case';
import { announced } from '../announcements.js';
import { knownOrder } from '../known-order.js';
import type { Order } from '../order.js';
import { doubted, inReview, rule, type Ruling } from '../ruling.js';

export interface RecordEvidence {
  readonly orderId: string;
  /** What the partner was asked; `record`: its own record of the day, which is closed and says no more than this. */
  readonly asked: ErrandStep | 'record';
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
    const dossier = withEvidence(known, evidenceOf(orderId, sources[asked], answer, now));
    const ruled = rule(order, weigh(dossier.evidence), now);
    const { order: after, announce, open } = ruled.order === order && !ruled.open ? undecided(order, message, now) : ruled;
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

const sources: Readonly<Record<RecordEvidence['asked'], EvidenceSource>> = {
  ...{ command: 'reply', cancel: 'reply', inquire: 'inquiry', record: 'journal' },
};

/** What is said decides nothing: who acts is asked, and when even the partner's record does not tell, people have to find out. */
function undecided(order: Order, { asked, answer }: RecordEvidence, now: Date): Ruling {
  const isUnknown = order.status === 'ACTING' || order.status === 'RECONCILING';
  if (asked === 'record' && isUnknown)
    return inReview(order, { reason: 'no-answer', detail: 'the partner’s own record of the day does not tell' }, now);
  return order.status === 'ACTING' && answer.says !== 'in_progress' ? doubted(order, now) : { order };
}

function errandAfter(errand: Errand | undefined, before: Order, after: Order, { asked, answer }: RecordEvidence, now: Date): Errand[] {
  if (!errand?.dueAt) return [];
  if (asked === 'record' || (after.status !== 'ACTING' && after.status !== 'RECONCILING')) return [done(errand)];
  // The late answer to the command that says nothing: it has been asked about for long.
  if (asked === 'command' && before.status !== 'ACTING') return [];
  return [afterAnswer(errand, asked, answer, now)];
}

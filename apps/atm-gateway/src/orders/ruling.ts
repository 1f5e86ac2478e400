import type { CaseReason } from '../outside/case.js';
import type { Conclusion } from '../outside/weigh.js';
import { changed, isShort, moved, type Order } from './order.js';

/** What the wallet is to hear. */
export type Announcement = 'paid' | 'failed' | 'doubted' | 'short';

export interface Ruling {
  readonly order: Order;
  readonly announce?: Announcement;
  readonly open?: { readonly reason: CaseReason; readonly detail: string };
}

/** What an order becomes by all the evidence there is. What was decided once stays: whatever contradicts it opens a case. */
export function rule(order: Order, conclusion: Conclusion, now: Date): Ruling {
  switch (order.status) {
    case 'ACTING':
    case 'RECONCILING':
      return decided(order, conclusion, now);
    case 'MANUAL_REVIEW':
      return isShort(order) ? afterPayment(order, conclusion) : decided(order, conclusion, now);
    case 'CAPTURING':
    case 'COMPLETED':
      return afterPayment(order, conclusion);
    case 'FAILED':
    case 'REFUNDED':
      return afterFailure(order, conclusion, now);
    default:
      // Nothing was sent yet: whoever says that money has left speaks of something else, and the lifecycle will say so.
      return conclusion.claimed === undefined ? { order } : { order: moved(order, 'pay', now) };
  }
}

function decided(order: Order, { verdict, contradicted }: Conclusion, now: Date): Ruling {
  const open = contradicted ? { open: { reason: 'contradiction', detail: 'the weightier evidence was followed' } as const } : {};
  switch (verdict.kind) {
    case 'open':
      return { order };
    case 'paid':
      return { order: moved(order, 'pay', now, { paid: verdict.amount }), announce: 'paid', ...open };
    case 'unpaid':
      return { order: moved(order, 'fail', now, { failure: notPaid(verdict.reason) }), announce: 'failed', ...open };
    case 'unclear':
      return inReview(order, { reason: 'unclear', detail: verdict.reason }, now);
  }
}

/** People have to look. The money stays set apart until they have: the wallet is told so, if it does not know yet. */
export function inReview(order: Order, open: NonNullable<Ruling['open']>, now: Date): Ruling {
  const review = moved(order, 'review', now);
  if (review === order) return { order };
  return order.status === 'ACTING' ? { order: review, announce: 'doubted', open } : { order: review, open };
}

/** Nobody has said anything that helps. */
export function doubted(order: Order, now: Date): Ruling {
  const doubt = moved(order, 'doubt', now);
  return doubt === order ? { order } : { order: doubt, announce: 'doubted' };
}

function afterPayment(order: Order, { verdict }: Conclusion): Ruling {
  if (verdict.kind === 'open' || (verdict.kind === 'paid' && verdict.amount === order.paid)) return { order };
  const said = verdict.kind === 'paid' ? `${verdict.amount} had left` : verdict.reason;
  return { order, open: { reason: 'contradiction', detail: `${order.paid ?? 0n} had been paid for when it was said: ${said}` } };
}

/** Before the wallet has confirmed the release, the late success is noted and waits for that; afterwards it is posted. */
function afterFailure(order: Order, { claimed }: Conclusion, now: Date): Ruling {
  if (claimed === undefined || order.paid !== undefined) return { order };
  const open = { reason: 'late-success', detail: `${claimed} left after it had been found that nothing would` } as const;
  if (order.status === 'FAILED') return { order: changed(order, { paid: claimed }, now), open };
  return { order: moved(order, 'fall-short', now, { paid: claimed }), announce: 'short', open };
}

const notPaid = (reason: string) => ({ code: 'not-paid-out', detail: reason });

import { changed, type Changing, type Failure, type Order } from '../orders/order.js';
import type { Errand } from '../outside/errand.js';
import { redemptionLifecycle, type RedemptionEvent, type RedemptionState } from './redemption.lifecycle.js';

/** The redemption after the event; the same one when the event is known already or has been overtaken. */
export function moved(order: Order, event: RedemptionEvent, now: Date, change: Partial<Pick<Order, Changing>> = {}): Order {
  const move = redemptionLifecycle.transition(order.status as RedemptionState, event);
  return typeof move === 'string' ? order : changed(order, { ...change, status: move.to }, now);
}

/** Whatever leads to a reversal: its reference is stored with it, once, before it is first sent. */
export function reversing(order: Order, event: 'doubt' | 'approve' | 'refuse', failure: Failure, now: Date): Order {
  return moved(order, event, now, { failure: order.failure ?? failure, reversalId: reversalIdOf(order) });
}

/** One reference for one redemption, however often it is sent. */
const reversalIdOf = ({ id }: Order): string => id.replace(/^rdm_/, 'rev_');

/** What a living process does not hear in time it doubts by itself: this is for one that has died. */
export const askedAfterMs = (answerWithinMs: number): number => 2 * answerWithinMs;

/** After 1, 2, 4 … 60 seconds, then every five minutes, when the first wait is a second; in that proportion otherwise. */
export function reversalWaitMs({ tries }: Pick<Errand, 'tries'>, firstWaitMs: number): number {
  const waits = [1, 2, 4, 8, 16, 32, 60];
  return firstWaitMs * (waits[tries] ?? 300);
}

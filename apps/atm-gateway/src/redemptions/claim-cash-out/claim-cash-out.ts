import { toWire } from '@falconpay/money/money';
import type { Decision } from '@falconpay/pipeline/use-case';
import { gatewayUseCase, type GatewayRows } from '../../gateway-rows.js';
import { knownOrder } from '../../orders/known-order.js';
import type { Order } from '../../orders/order.js';
import { postponed, type Errand } from '../../outside/errand.js';
import type { RegisteredPartner } from '../../outside/registered-partner.js';
import type { CashOutTask } from '../cash-out-task.js';
import { askedAfterMs, moved, reversalWaitMs, reversing } from '../redemption.js';

export interface ClaimCashOut {
  readonly orderId: string;
  /** Key of the errand's partner. */
  readonly partner: string;
  /** Whether the card is in this process's memory: nobody else can send the cash-out. */
  readonly hasCard: boolean;
  readonly answerWithinMs: number;
  readonly firstReversalWaitMs: number;
}

/**
 * The intent's commit for a cash-out, the one inquiry after a crash, and each reversal. Before anything leaves, it is written what
 * is to be done if nobody ever answers; of a cash-out whose card has gone with its process, the reversal.
 */
export const claimCashOut = gatewayUseCase({
  name: 'claim-cash-out',
  needs: ({ orderId, partner }: ClaimCashOut) => ({ orders: [orderId], errands: [orderId], partners: [partner] }),
  decide: (message, rows, { now }) => {
    const errand = rows.get('errands', message.orderId);
    const order = knownOrder(rows, message.orderId);
    const where = rows.get('partners', message.partner);
    if (!errand?.dueAt || !where) return nothing;
    if (errand.step === 'command' && message.hasCard) {
      const sent = moved(order, 'send', now, { sentAt: now });
      const asked = postponed(errand, 'inquire', after(now, askedAfterMs(message.answerWithinMs)), 0);
      return sent === order ? nothing : begin(sent, asked, 'command', where);
    }
    // Another one was faster, or the answer came meanwhile.
    if (errand.dueAt > now) return nothing;
    if (errand.step === 'inquire' && errand.tries === 0)
      return begin(order, postponed(errand, 'inquire', after(now, message.answerWithinMs), 1), 'inquire', where);
    const interrupted = { code: 'interrupted', detail: 'nobody can tell whether the card was charged: the charge is taken back' };
    const undone = errand.step === 'cancel' ? order : reversing(order, 'doubt', interrupted, now);
    const tries = errand.step === 'cancel' ? errand.tries : 0;
    const again = after(now, reversalWaitMs({ tries }, message.firstReversalWaitMs));
    return begin(undone, postponed(errand, 'cancel', again, tries + 1), 'cancel', where);
  },
});

const nothing: Decision<GatewayRows> = { reply: { status: 200, body: {} } };

function begin(order: Order, errand: Errand, step: CashOutTask['step'], { kind, id, url }: RegisteredPartner): Decision<GatewayRows> {
  const { id: orderId, reversalId } = order;
  const task: CashOutTask = { orderId, step, partner: { kind, id, url }, amount: toWire(order.amount), reversalId };
  return { put: { orders: [order], errands: [errand] }, reply: { status: 200, body: { task } } };
}

const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms);

import { gatewayUseCase } from '../../gateway-rows.js';
import { newErrand, type Errand } from '../../outside/errand.js';
import { knownOrder } from '../known-order.js';
import type { Order } from '../order.js';
import { partnerKeyOf } from '../order-partner.js';

const steps: Readonly<Partial<Record<Order['status'], Errand['step']>>> = {
  ...{ RESERVED: 'command', ACTING: 'cancel', RECONCILING: 'cancel' },
  ...{ CASHING_OUT: 'inquire', REVERSING: 'cancel' },
};

/** Gives an errand to orders that are to have one and have none; it is looked again now that they are locked. */
export const resumeOrders = gatewayUseCase({
  name: 'resume-orders',
  weightOf: (ids: readonly string[]) => ids.length,
  needs: (ids: readonly string[]) => ({ orders: ids, errands: ids }),
  decide: (ids, rows, { now }) => {
    const errands: Errand[] = [];
    for (const orderId of ids) {
      const order = knownOrder(rows, orderId);
      const step = steps[order.status] ?? (order.kind === 'redemption' && order.status === 'REQUESTED' ? 'command' : undefined);
      if (step === undefined || rows.get('errands', orderId)?.dueAt) continue;
      errands.push(newErrand({ orderId, kind: order.kind, partner: partnerKeyOf(order) }, step, now));
    }
    return { put: { errands }, reply: { status: 200, body: { resumed: errands.length } } };
  },
});

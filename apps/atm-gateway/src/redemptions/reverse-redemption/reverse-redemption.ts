import { gatewayUseCase } from '../../gateway-rows.js';
import { knownOrder } from '../../orders/known-order.js';
import { partnerKeyOf } from '../../orders/order-partner.js';
import { newErrand } from '../../outside/errand.js';
import { reversing } from '../redemption.js';

export interface ReverseRedemption {
  readonly orderId: string;
  readonly code: string;
  /** For operators: clients are told the code. */
  readonly reason: string;
}

/** The wallet does not take the money: the charge is to be reversed, by whoever claims the errand first. */
export const reverseRedemption = gatewayUseCase({
  name: 'reverse-redemption',
  needs: ({ orderId }: ReverseRedemption) => ({ orders: [orderId], errands: [orderId] }),
  decide: ({ orderId, code, reason }, rows, { now }) => {
    const order = knownOrder(rows, orderId);
    const after = reversing(order, 'refuse', { code, detail: 'the account cannot take it: the charge is taken back', reason }, now);
    if (after === order) return {};
    return { put: { orders: [after], errands: [newErrand({ orderId, kind: order.kind, partner: partnerKeyOf(order) }, 'cancel', now)] } };
  },
});

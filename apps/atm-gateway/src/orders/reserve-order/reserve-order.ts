import { gatewayUseCase } from '../../gateway-rows.js';
import { newErrand } from '../../outside/errand.js';
import { knownOrder } from '../known-order.js';
import { moved } from '../order.js';
import { partnerKeyOf } from '../order-partner.js';

export interface ReserveOrder {
  readonly orderId: string;
  readonly accountId: string;
}

/** The wallet has set the money apart: the partner is to be told, by whoever claims the errand first. */
export const reserveOrder = gatewayUseCase({
  name: 'reserve-order',
  needs: ({ orderId }: ReserveOrder) => ({ orders: [orderId], errands: [orderId] }),
  decide: ({ orderId, accountId }, rows, { now }) => {
    const order = knownOrder(rows, orderId);
    const reserved = moved(order, 'hold', now, { accountId });
    if (reserved === order) return {};
    return {
      put: { orders: [reserved], errands: [newErrand({ orderId, kind: order.kind, partner: partnerKeyOf(order) }, 'command', now)] },
    };
  },
});

import { gatewayUseCase } from '../../gateway-rows.js';
import { announced } from '../announcements.js';
import { knownOrder } from '../known-order.js';
import { moved } from '../order.js';

/** The customer has the money back. If word has come meanwhile that it went out all the same, the wallet hears of it now. */
export const refundOrder = gatewayUseCase({
  name: 'refund-order',
  needs: ({ orderId }: { readonly orderId: string }) => ({ orders: [orderId] }),
  decide: ({ orderId }, rows, { now }) => {
    const order = knownOrder(rows, orderId);
    if (order.paid === undefined) return { put: { orders: [moved(order, 'release', now)] } };
    const short = moved(order, 'fall-short', now);
    return short === order ? {} : { put: { orders: [short] }, events: announced(short, 'short') };
  },
});

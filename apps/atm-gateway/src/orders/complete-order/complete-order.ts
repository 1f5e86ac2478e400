import { gatewayUseCase } from '../../gateway-rows.js';
import { knownOrder } from '../known-order.js';
import { moved } from '../order.js';

/** What went out has been paid for. */
export const completeOrder = gatewayUseCase({
  name: 'complete-order',
  needs: ({ orderId }: { readonly orderId: string }) => ({ orders: [orderId] }),
  decide: ({ orderId }, rows, { now }) => ({ put: { orders: [moved(knownOrder(rows, orderId), 'capture', now)] } }),
});

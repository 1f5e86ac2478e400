import { gatewayUseCase } from '../../gateway-rows.js';
import { knownOrder } from '../known-order.js';
import { moved, type Failure } from '../order.js';

/** The wallet sets nothing apart: nobody outside was asked, and nobody will be. */
export const refuseOrder = gatewayUseCase({
  name: 'refuse-order',
  needs: ({ orderId }: { readonly orderId: string; readonly failure: Failure }) => ({ orders: [orderId] }),
  decide: ({ orderId, failure }, rows, { now }) => ({
    put: { orders: [moved(knownOrder(rows, orderId), 'refuse', now, { failure })] },
  }),
});

import { gatewayUseCase } from '../../gateway-rows.js';
import { knownOrder } from '../../orders/known-order.js';
import { moved } from '../redemption.js';

/** The money is on the account. */
export const completeRedemption = gatewayUseCase({
  name: 'complete-redemption',
  needs: ({ orderId }: { readonly orderId: string; readonly accountId: string }) => ({ orders: [orderId] }),
  decide: ({ orderId, accountId }, rows, { now }) => ({
    put: { orders: [moved(knownOrder(rows, orderId), 'credit', now, { accountId })] },
  }),
});

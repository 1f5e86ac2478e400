import { gatewayUseCase } from '../../gateway-rows.js';
import { knownOrder } from '../known-order.js';
import { moved } from '../order.js';

/** The wallet had nothing set apart any more for what went out: the bank has paid it, and people have to look. */
export const reviewShortage = gatewayUseCase({
  name: 'review-shortage',
  needs: ({ orderId }: { readonly orderId: string }) => ({ orders: [orderId] }),
  decide: ({ orderId }, rows, { now }) => {
    const order = knownOrder(rows, orderId);
    const review = moved(order, 'fall-short', now);
    if (review === order) return {};
    const opened = { orderId, reason: 'late-success', detail: 'the hold was over when it was to be captured', openedAt: now } as const;
    return { put: { orders: [review], cases: [opened] } };
  },
});

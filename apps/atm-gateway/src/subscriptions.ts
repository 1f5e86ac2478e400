import type { SubscriptionsOf } from '@falconpay/contracts/choreography';
import { on } from '@falconpay/pipeline/event-intake';
import { completeOrder } from './orders/complete-order/complete-order.js';
import { refundOrder } from './orders/refund-order/refund-order.js';
import { refuseOrder } from './orders/refuse-order/refuse-order.js';
import { reserveOrder } from './orders/reserve-order/reserve-order.js';
import { reviewShortage } from './orders/review-shortage/review-shortage.js';
import { completeRedemption } from './redemptions/complete-redemption/complete-redemption.js';
import { reverseRedemption } from './redemptions/reverse-redemption/reverse-redemption.js';

/** Everything that can wake the gateway, besides HTTP, its errands and the answers to them. A hold has the id of its order. */
export const subscriptions = {
  'hold.placed': on(reserveOrder, (data) => ({
    ...{ orderId: data.saga_id, accountId: data.account_id },
  })),
  'hold.refused': on(refuseOrder, (data) => ({ orderId: data.saga_id, failure: { code: data.code, detail: data.detail } })),
  'hold.captured': on(completeOrder, (data) => ({ orderId: data.saga_id })),
  'hold.released': on(refundOrder, (data) => ({ orderId: data.saga_id })),
  'shortage.posted': on(reviewShortage, (data) => ({ orderId: data.saga_id })),
  'redemption.credited': on(completeRedemption, (data) => ({ orderId: data.redemption_id, accountId: data.account_id })),
  'redemption.refused': on(reverseRedemption, (data) => ({ orderId: data.redemption_id, code: data.code, reason: data.detail })),
} satisfies SubscriptionsOf<'atm-gateway'>;

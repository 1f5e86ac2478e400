import type { SubscriptionsOf } from '@falconpay/contracts/choreography';
import { on } from '@falconpay/pipeline/event-intake';
import { completeTransfer } from './transfers/complete-transfer/complete-transfer.js';
import { failTransfer } from './transfers/fail-transfer/fail-transfer.js';

/** Everything that can wake payment, besides HTTP. */
export const subscriptions = {
  'payment.completed': on(completeTransfer, (data) => ({ paymentId: data.payment_id })),
  'payment.failed': on(failTransfer, (data) => ({ paymentId: data.payment_id, failure: { code: data.code, detail: data.detail } })),
} satisfies SubscriptionsOf<'payment'>;

import { defineSaga } from '@falconpay/choreography/saga';
import { paymentCompleted } from '../topics/payment-completed.topic.js';
import { paymentCreated } from '../topics/payment-created.topic.js';
import { paymentFailed } from '../topics/payment-failed.topic.js';

/**
 * A transfer the other way round, and decided as one. What it may not exceed is decided before, by payment: accepting it
 * reserves its part of the transfer under the transfer's lock, and its failure gives the part back.
 */
export const refundPaymentSaga = defineSaga({
  name: 'refund-payment',
  about: 'Money of a completed transfer goes back to its sender, all of it or in parts, never more than was paid.',
  steps: [
    { by: 'payment', on: 'http', does: 'create-refund', emits: [paymentCreated], undoneBy: 'fail-transfer' },
    { by: 'wallet', on: paymentCreated, does: 'post-transfer', emits: [paymentCompleted, paymentFailed], pivot: true },
    { by: 'payment', on: paymentCompleted, does: 'complete-transfer', emits: [] },
    { by: 'payment', on: paymentFailed, does: 'fail-transfer', emits: [] },
  ],
  ends: ['complete-transfer', 'fail-transfer'],
});

import { defineSaga } from '@falconpay/choreography/saga';
import { bulkCreated } from '../topics/bulk-created.topic.js';
import { paymentCompleted } from '../topics/payment-completed.topic.js';
import { paymentCreated } from '../topics/payment-created.topic.js';
import { paymentFailed } from '../topics/payment-failed.topic.js';

/**
 * Money moves between two accounts of the wallet. The wallet alone decides, expiry included, and both legs are one
 * commit there: nothing before the pivot has moved money, so nothing needs undoing.
 */
export const transferSaga = defineSaga({
  name: 'transfer',
  about: 'Money moves from one account to another, or the sender learns why not.',
  steps: [
    { by: 'payment', on: 'http', does: 'create-transfer', emits: [paymentCreated] },
    { by: 'payment', on: 'http', does: 'create-bulk', emits: [paymentCreated, bulkCreated] },
    { by: 'wallet', on: paymentCreated, does: 'post-transfer', emits: [paymentCompleted, paymentFailed], pivot: true },
    { by: 'wallet', on: bulkCreated, does: 'post-bulk', emits: [paymentCompleted, paymentFailed], pivot: true, forMembers: true },
    { by: 'payment', on: paymentCompleted, does: 'complete-transfer', emits: [] },
    { by: 'payment', on: paymentFailed, does: 'fail-transfer', emits: [] },
  ],
  ends: ['complete-transfer', 'fail-transfer'],
});

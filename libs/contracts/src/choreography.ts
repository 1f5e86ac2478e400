import type { SubscriptionsTo, TopicsEmittedBy, ServiceIn } from '@falconpay/choreography/saga';
import type { Topic } from '@falconpay/choreography/topic';
import { payOutSaga } from './sagas/pay-out.saga.js';
import { redeemCardSaga } from './sagas/redeem-card.saga.js';
import { refundPaymentSaga } from './sagas/refund-payment.saga.js';
import { transferSaga } from './sagas/transfer.saga.js';
import { withdrawCashSaga } from './sagas/withdraw-cash.saga.js';
import { bulkCreated } from './topics/bulk-created.topic.js';
import { holdCaptured } from './topics/hold-captured.topic.js';
import { holdPlaced } from './topics/hold-placed.topic.js';
import { holdRefused } from './topics/hold-refused.topic.js';
import { holdReleased } from './topics/hold-released.topic.js';
import { paymentCompleted } from './topics/payment-completed.topic.js';
import { paymentCreated } from './topics/payment-created.topic.js';
import { paymentFailed } from './topics/payment-failed.topic.js';
import { payoutAccepted } from './topics/payout-accepted.topic.js';
import { payoutFailed } from './topics/payout-failed.topic.js';
import { payoutReconciling } from './topics/payout-reconciling.topic.js';
import { payoutRequested } from './topics/payout-requested.topic.js';
import { payoutShort } from './topics/payout-short.topic.js';
import { redemptionApproved } from './topics/redemption-approved.topic.js';
import { redemptionCredited } from './topics/redemption-credited.topic.js';
import { redemptionRefused } from './topics/redemption-refused.topic.js';
import { shortagePosted } from './topics/shortage-posted.topic.js';
import { spendingRefused } from './topics/spending-refused.topic.js';
import { withdrawalDispensed } from './topics/withdrawal-dispensed.topic.js';
import { withdrawalFailed } from './topics/withdrawal-failed.topic.js';
import { withdrawalReconciling } from './topics/withdrawal-reconciling.topic.js';
import { withdrawalRequested } from './topics/withdrawal-requested.topic.js';
import { withdrawalShort } from './topics/withdrawal-short.topic.js';

/** Everything the services say to each other, in one list each. */
export const sagas = [transferSaga, refundPaymentSaga, withdrawCashSaga, payOutSaga, redeemCardSaga] as const;
export const topics: readonly Topic[] = [
  ...[paymentCreated, bulkCreated, paymentCompleted, paymentFailed],
  ...[withdrawalRequested, withdrawalDispensed, withdrawalFailed, withdrawalReconciling, withdrawalShort],
  ...[payoutRequested, payoutAccepted, payoutFailed, payoutReconciling, payoutShort],
  ...[redemptionApproved, redemptionCredited, redemptionRefused],
  ...[holdPlaced, holdRefused, holdCaptured, holdReleased, shortagePosted],
  spendingRefused,
];

export type Service = ServiceIn<typeof sagas>;
export type SubscriptionsOf<S extends Service> = SubscriptionsTo<typeof sagas, S>;
export type EmittedBy<S extends Service> = TopicsEmittedBy<typeof sagas, S>;

/** Hears everything and takes part in no saga: what the operators look at. */
export type Onlooker = 'backoffice';

export const consumerGroup = (service: Service | Onlooker): string => `falconpay.${service}`;

export { deadLetterTopic, retryTopic } from '@falconpay/choreography/topic';

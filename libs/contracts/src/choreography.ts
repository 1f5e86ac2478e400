import type { SubscriptionsTo, TopicsEmittedBy, ServiceIn } from '@falconpay/choreography/saga';
import type { Topic } from '@falconpay/choreography/topic';
import { transferSaga } from './sagas/transfer.saga.js';
import { bulkCreated } from './topics/bulk-created.topic.js';
import { paymentCompleted } from './topics/payment-completed.topic.js';
import { paymentCreated } from './topics/payment-created.topic.js';
import { paymentFailed } from './topics/payment-failed.topic.js';

/** Everything the services say to each other, in one list each. */
export const sagas = [transferSaga] as const;
export const topics: readonly Topic[] = [paymentCreated, bulkCreated, paymentCompleted, paymentFailed];

export type Service = ServiceIn<typeof sagas>;
export type SubscriptionsOf<S extends Service> = SubscriptionsTo<typeof sagas, S>;
export type EmittedBy<S extends Service> = TopicsEmittedBy<typeof sagas, S>;

export const consumerGroup = (service: Service): string => `falconpay.${service}`;

export { deadLetterTopic } from '@falconpay/choreography/topic';

import type { Message } from 'kafkajs';
import { cloudEventType } from '@falconpay/choreography/topic';
import { consumerGroup, deadLetterTopic } from '@falconpay/contracts/choreography';
import { paymentCompleted, type PaymentCompleted } from '@falconpay/contracts/topics/payment-completed.topic';
import { momentAt } from '@falconpay/pipeline/moment';

const GROUP = consumerGroup('payment');
const KINDS_OF_FAILURE = 20;
/** Of no topic: what lies there was never set aside. */
const NO_PARTITION = 999;
const STACK = Array.from({ length: 10 }, (_, line) => `    at step${line} (file:///app/apps/payment/dist/somewhere.js:${line}:1)`).join(
  '\n',
);

export const LETTER_TOPIC = deadLetterTopic(paymentCompleted.name, GROUP);

/** As a consumer sets records aside: each of a payment of its own, all of some kinds of failure. */
export function deadLetters(count: number): Message[] {
  return Array.from({ length: count }, (_, index) => {
    const now = new Date();
    const moment = momentAt(now);
    const id = moment.newId('pay');
    const eventId = moment.newUuid();
    const completed: PaymentCompleted = {
      payment_id: id,
      completed_at: now.toISOString(),
      entries: [-1, 1].map((amount) => ({ account_id: moment.newId('acc'), amount, currency: 'USD', balance_after: 1_000 })),
    };
    const kind = index % KINDS_OF_FAILURE;
    return {
      key: id,
      value: JSON.stringify(completed),
      headers: {
        ...{ ce_specversion: '1.0', ce_id: eventId, ce_source: '/services/wallet', ce_type: cloudEventType(paymentCompleted) },
        ...{ ce_time: now.toISOString(), ce_subject: id, 'content-type': 'application/json' },
        ...{ 'x-dlq-event-id': eventId, 'x-dlq-topic': paymentCompleted.name, 'x-dlq-group': GROUP, 'x-dlq-class': 'poison' },
        ...{ 'x-dlq-partition': String(NO_PARTITION), 'x-dlq-offset': String(index), 'x-dlq-timestamp': String(now.getTime()) },
        ...{ 'x-dlq-handler': 'complete-transfer', 'x-dlq-attempts': '1', 'x-dlq-service-version': '0.1.0' },
        ...{ 'x-dlq-first-failed-at': now.toISOString(), 'x-dlq-last-failed-at': now.toISOString() },
        ...{ 'x-dlq-error-class': `Kind${kind}`, 'x-dlq-error-message': `failure of kind ${kind}`, 'x-dlq-error-stack': STACK },
        'x-dlq-error-fingerprint': kind.toString(16).padStart(16, '0'),
      },
    };
  });
}

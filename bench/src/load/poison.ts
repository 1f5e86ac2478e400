import type { Message } from 'kafkajs';
import { cloudEventType, type Topic } from '@falconpay/choreography/topic';
import { retryTopic } from '@falconpay/contracts/choreography';
import { momentAt } from '@falconpay/pipeline/moment';
import type { Topics } from '../system/topics.js';

const BROKEN = '{"payment_id":';

/** A record that can never be taken in: its group makes a dead letter of it, and whatever follows under its key waits. */
export interface Poison {
  readonly eventId: string;
  readonly key: string;
}

export const poisonOf = (key: string): Poison => ({ eventId: momentAt(new Date()).newUuid(), key });

export async function send(topics: Topics, topic: Topic, poison: readonly Poison[]): Promise<void> {
  const headersOf = (eventId: string) => ({ ce_specversion: '1.0', ce_id: eventId, ce_type: cloudEventType(topic) });
  await topics.send(
    topic.name,
    poison.map(({ eventId, key }): Message => ({ key, value: BROKEN, headers: headersOf(eventId) })),
  );
}

/** As an operator does who lets it go. */
export async function discard(topics: Topics, topic: Topic, group: string, poison: readonly Poison[]): Promise<void> {
  await topics.send(
    retryTopic(topic.name, group),
    poison.map(({ eventId, key }): Message => ({
      ...{ key, value: '' },
      headers: { 'fp-replay-of': eventId, 'fp-replay-id': `bench-${eventId}`, 'fp-discard': 'only for a measurement' },
    })),
  );
}

import { faultsOf } from '@falconpay/choreography/check-saga';
import { servicesEmitting, servicesHearing } from '@falconpay/choreography/participants';
import { consumerGroup, deadLetterTopic, sagas, topics } from './choreography.js';

describe('the sagas', () => {
  it.each(sagas.map((saga) => [saga.name, saga] as const))('%s has no faults', (_, saga) => {
    expect(faultsOf(saga)).toEqual([]);
  });

  it('speak of no topic that is not in the list', () => {
    const spoken = new Set(sagas.flatMap((saga) => saga.steps.flatMap((step) => step.emits.map((topic) => topic.name))));
    expect([...spoken].sort()).toEqual(topics.map((topic) => topic.name).sort());
  });
});

describe.each(topics.map((topic) => [topic.name, topic] as const))('%s', (_, topic) => {
  it('is published by its publisher alone', () => {
    expect(servicesEmitting(sagas, topic)).toEqual([topic.publisher]);
  });

  it(topic.forOnlookers ? 'is heard by no service' : 'is heard by a service', () => {
    expect(servicesHearing(sagas, topic).length > 0).toBe(topic.forOnlookers === undefined);
  });

  it('is named as a thing and what happened to it', () => {
    expect(topic.name).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
  });
});

describe('names in Kafka', () => {
  it('are those that operators grant rights on', () => {
    expect(consumerGroup('wallet')).toBe('falconpay.wallet');
    expect(deadLetterTopic('payment.created', 'falconpay.wallet')).toBe('payment.created.falconpay.wallet.dlq');
  });
});

import { faultsOf } from '@falconpay/choreography/check-saga';
import { servicesEmitting, servicesHearing } from '@falconpay/choreography/participants';
import { announcements, consumerGroup, deadLetterTopic, sagas, topics } from './choreography.js';

const ofSagas = topics.filter((topic) => !announcements.includes(topic));

describe('the sagas', () => {
  it.each(sagas.map((saga) => [saga.name, saga] as const))('%s has no faults', (_, saga) => {
    expect(faultsOf(saga)).toEqual([]);
  });

  it('speak of all topics but those that are announced to nobody in particular', () => {
    const spoken = new Set(sagas.flatMap((saga) => saga.steps.flatMap((step) => step.emits.map((topic) => topic.name))));
    expect([...spoken].sort()).toEqual(ofSagas.map((topic) => topic.name).sort());
  });
});

describe.each(ofSagas.map((topic) => [topic.name, topic] as const))('%s', (_, topic) => {
  it('is published by its publisher alone', () => {
    expect(servicesEmitting(sagas, topic)).toEqual([topic.publisher]);
  });

  it('is heard by a service', () => {
    expect(servicesHearing(sagas, topic)).not.toEqual([]);
  });
});

describe('names in Kafka', () => {
  it.each(topics.map(({ name }) => [name]))('are a thing and what happened to it: %s', (name) => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
  });

  it('are those that operators grant rights on', () => {
    expect(consumerGroup('wallet')).toBe('falconpay.wallet');
    expect(deadLetterTopic('payment.created', 'falconpay.wallet')).toBe('payment.created.falconpay.wallet.dlq');
  });
});

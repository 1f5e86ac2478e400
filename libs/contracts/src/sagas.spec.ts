import { faultsOf } from '@falconpay/choreography/check-saga';
import { servicesEmitting, servicesHearing } from '@falconpay/choreography/participants';
import { consumerGroup, deadLetterTopic, sagas, topics } from './choreography.js';

describe('the sagas', () => {
  it.each(sagas.map((saga) => [saga.name, saga] as const))('%s has no faults', (_, saga) => {
    expect(faultsOf(saga)).toEqual([]);
  });

  it('speak of no topic that is not in the list', () => {
    const spoken = new Set(sagas.flatMap((saga) => saga.steps.flatMap((step) => step.emits.map((topic) => topic.name))));
    expect(topics.map((topic) => topic.name)).toEqual(expect.arrayContaining([...spoken]));
  });
});

describe.each(topics.map((topic) => [topic.name, topic] as const))('%s', (_, topic) => {
  it('is published by its publisher alone, within a saga or for onlookers', () => {
    const said = servicesEmitting(sagas, topic);
    expect(said.length === 0 && topic.forOnlookers ? [topic.publisher] : said).toEqual([topic.publisher]);
  });

  it(topic.forOnlookers ? 'is heard by no service' : 'is heard by a service', () => {
    expect(servicesHearing(sagas, topic).length > 0).toBe(topic.forOnlookers === undefined);
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

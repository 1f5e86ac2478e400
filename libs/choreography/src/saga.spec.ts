import { defineSaga, type Reaction, type SubscriptionsTo, type TopicsEmittedBy, type TopicsHeardBy } from './saga.js';
import { cloudEventType, defineTopic, type DataOf } from './topic.js';

interface Asked {
  readonly thing_id: string;
}
interface Done {
  readonly thing_id: string;
  readonly at: string;
}

const asked = defineTopic<Asked>()({
  name: 'thing.asked',
  publisher: 'front',
  version: 1,
  about: 'Somebody wants the thing.',
  key: 'thing_id',
  keyWhy: 'Events of one thing stay in order.',
  schema: { type: 'object' },
});
const done = defineTopic<Done>()({ ...asked, name: 'thing.done', publisher: 'back', version: 2, key: 'thing_id' });

const sagas = [
  defineSaga({
    name: 'thing',
    about: 'A thing is done.',
    steps: [
      { by: 'front', on: 'http', does: 'ask', emits: [asked] },
      { by: 'back', on: asked, does: 'do-it', emits: [done], pivot: true },
      { by: 'front', on: done, does: 'close', emits: [] },
    ],
    ends: ['close'],
  }),
] as const;

type Subscriptions<Service> = SubscriptionsTo<typeof sagas, Service>;
const reaction = <const Name extends string, Data>(name: Name, _data?: Data) => ({
  useCase: { name },
  toMessage: (data: Data) => data,
});

/** These specs are checked by the compiler: a line below @ts-expect-error that compiles fails the type check. */
describe('the types made from a saga', () => {
  it('accept exactly one reaction per topic heard', () => {
    const subscriptions = { 'thing.done': reaction<'close', Done>('close') } satisfies Subscriptions<'front'>;
    expect(subscriptions['thing.done'].useCase.name).toBe('close');
  });

  it('refuse a service that forgets a reaction', () => {
    // @ts-expect-error 'thing.done' is missing
    const subscriptions = {} satisfies Subscriptions<'front'>;
    expect(subscriptions).toEqual({});
  });

  it('refuse a reaction to a topic that the service does not hear', () => {
    const subscriptions = {
      'thing.done': reaction<'close', Done>('close'),
      // @ts-expect-error front does not hear what it says itself
      'thing.asked': reaction<'ask', Asked>('ask'),
    } satisfies Subscriptions<'front'>;
    expect(Object.keys(subscriptions)).toHaveLength(2);
  });

  it('refuse another use case than the table names', () => {
    // @ts-expect-error the table says 'close'
    const subscriptions = { 'thing.done': reaction<'open', Done>('open') } satisfies Subscriptions<'front'>;
    expect(subscriptions['thing.done'].useCase.name).toBe('open');
  });

  it('refuse a reaction that reads members the event does not have', () => {
    const done: Reaction<Done>['toMessage'] = (data) => data.at;
    // @ts-expect-error an Asked has no `at`
    const asked: Reaction<Asked>['toMessage'] = (data) => data.at;
    expect([done, asked]).toHaveLength(2);
  });

  it('know what each service hears and says', () => {
    const heard: TopicsHeardBy<typeof sagas, 'back'>['name'] = 'thing.asked';
    const said: TopicsEmittedBy<typeof sagas, 'back'>['name'] = 'thing.done';
    // @ts-expect-error back does not say thing.asked
    const wrong: TopicsEmittedBy<typeof sagas, 'back'>['name'] = 'thing.asked';
    expect([heard, said, wrong]).toHaveLength(3);
  });

  it('refuse a topic keyed by a member its data does not have', () => {
    const { key: _, ...unkeyed } = asked;
    // @ts-expect-error Asked has no `other_id`
    const wrong = defineTopic<Asked>()({ ...unkeyed, key: 'other_id' });
    expect(wrong.name).toBe('thing.asked');
  });

  it('carry the type of the data', () => {
    const data: DataOf<typeof done> = { thing_id: 'a', at: 'now' };
    expect(data.at).toBe('now');
  });
});

describe('cloudEventType', () => {
  it('is the name and version of the topic under our domain', () => {
    expect(cloudEventType(done)).toBe('com.falconpay.thing.done.v2');
  });
});

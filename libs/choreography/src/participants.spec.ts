import { endsReachedFrom, reactionsTo, servicesEmitting, servicesHearing, servicesOf, topicsHeardBy } from './participants.js';
import type { Saga } from './saga.js';
import { topic } from './topic-for-specs.js';

const asked = topic('thing.asked', 'front');
const done = topic('thing.done', 'back');
const saga: Saga = {
  name: 'thing',
  about: 'A thing is done.',
  steps: [
    { by: 'front', on: 'http', does: 'ask', emits: [asked] },
    { by: 'back', on: asked, does: 'do', emits: [done], pivot: true },
    { by: 'front', on: done, does: 'close', emits: [] },
    { by: 'watch', on: done, does: 'note', emits: [] },
  ],
  ends: ['close', 'note'],
};

describe('who takes part', () => {
  it('lists services in the order in which they come in', () => {
    expect(servicesOf([saga])).toEqual(['front', 'back', 'watch']);
  });

  it('knows what each service hears', () => {
    expect(topicsHeardBy([saga], 'front')).toEqual(['thing.done']);
  });

  it('knows who says and hears each topic', () => {
    expect(servicesEmitting([saga], done)).toEqual(['back']);
    expect(servicesHearing([saga], done)).toEqual(['front', 'watch']);
  });

  it('names what a service does about a topic once, however many sagas say so', () => {
    expect(reactionsTo([saga, { ...saga, name: 'another' }], 'front', 'thing.done')).toEqual(['close']);
  });

  it('follows a topic to every end it can reach', () => {
    expect(endsReachedFrom(saga, asked)).toEqual(['close', 'note']);
  });
});

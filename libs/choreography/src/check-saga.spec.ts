import { faultsOf } from './check-saga.js';
import type { Saga, Step } from './saga.js';
import { topic } from './topic-for-specs.js';

const requested = topic('withdrawal.requested', 'gateway');
const held = topic('hold.placed', 'wallet');
const declined = topic('hold.declined', 'wallet');

const request: Step = { by: 'gateway', on: 'http', does: 'request-withdrawal', emits: [requested] };
const hold: Step = { by: 'wallet', on: requested, does: 'place-hold', emits: [held, declined], undoneBy: 'release-hold' };
const pay: Step = { by: 'gateway', on: held, does: 'pay-out', emits: [], pivot: true };
const refuse: Step = { by: 'gateway', on: declined, does: 'refuse-withdrawal', emits: [] };
const release: Step = { by: 'wallet', on: 'timer', does: 'release-hold', emits: [] };

const sound: Saga = {
  name: 'withdrawal',
  about: 'Cash leaves the machine only against a hold.',
  steps: [request, hold, pay, refuse, release],
  ends: ['pay-out', 'refuse-withdrawal', 'release-hold'],
};
const withSteps = (...steps: Step[]): Saga => ({ ...sound, steps });

describe('faultsOf', () => {
  it('finds nothing in a saga that hangs together', () => {
    expect(faultsOf(sound)).toEqual([]);
  });

  it('names an event that nobody hears and that ends nothing', () => {
    const lost = topic('cash.lost', 'wallet');
    expect(faultsOf(withSteps(request, { ...hold, emits: [held, declined, lost] }, pay, refuse, release))).toEqual([
      'wallet / place-hold emits cash.lost, which nobody hears and which ends nothing',
    ]);
  });

  it('lets any step publish what is for onlookers', () => {
    const noted = { ...topic('cash.doubted', 'wallet'), forOnlookers: true as const };
    expect(faultsOf(withSteps(request, { ...hold, emits: [held, declined, noted] }, pay, refuse, release))).toEqual([]);
  });

  it('lets a step that ends the saga publish what nobody hears', () => {
    expect(faultsOf(withSteps(request, hold, { ...pay, emits: [topic('cash.paid', 'gateway')] }, refuse, release))).toEqual([]);
  });

  it('names a reaction to an event that nobody emits', () => {
    const ghost: Step = { by: 'wallet', on: topic('ghost.seen', 'nobody'), does: 'release-hold', emits: [] };
    expect(faultsOf(withSteps(request, hold, pay, refuse, ghost))).toEqual([
      'wallet / release-hold waits for ghost.seen, which nobody emits',
    ]);
  });

  it('names a saga without a pivot: nobody could say from where on it only goes forward', () => {
    const { pivot: _, ...payWithoutPivot } = pay;
    expect(faultsOf(withSteps(request, hold, payWithoutPivot, refuse, release))).toEqual(['no step is the pivot']);
  });

  it('names an undo that is no step', () => {
    const saga = { ...withSteps(request, hold, pay, refuse), ends: ['pay-out', 'refuse-withdrawal'] };
    expect(faultsOf(saga)).toEqual(['wallet / place-hold is undone by release-hold, which is no step']);
  });

  it('names an end that is no step', () => {
    expect(faultsOf({ ...sound, ends: [...sound.ends, 'celebrate'] })).toEqual(['celebrate is named as an end, but is no step']);
  });

  it('names a step after which the saga would stop unseen', () => {
    expect(faultsOf({ ...sound, ends: ['pay-out', 'release-hold'] })).toEqual([
      'gateway / refuse-withdrawal emits nothing and is no end: the saga would stop there unseen',
    ]);
  });

  it('lets a step wait for a timer or an answer from outside, if that wakes a step', () => {
    const wait: Step = { by: 'gateway', on: held, does: 'send-order', emits: [], awaits: 'outside-world' };
    const answer: Step = { by: 'gateway', on: 'outside-world', does: 'pay-out', emits: [], pivot: true };
    expect(faultsOf(withSteps(request, hold, wait, answer, refuse, release))).toEqual([]);
    expect(faultsOf(withSteps(request, hold, wait, { ...pay, on: declined }, refuse, release))).toEqual([
      'gateway / send-order awaits outside-world, which wakes no step',
    ]);
  });
});

import { InvariantViolation } from '@falconpay/lifecycle/lifecycle';
import { holdLifecycle, type HoldEvent, type HoldState } from './hold.lifecycle.js';

const cells: [HoldState, HoldEvent, HoldState | 'duplicate' | 'stale' | 'impossible'][] = [
  ['ACTIVE', 'capture', 'CAPTURED'],
  ['ACTIVE', 'release', 'RELEASED'],
  ['ACTIVE', 'expire', 'EXPIRED'],
  ['CAPTURED', 'capture', 'duplicate'],
  ['CAPTURED', 'release', 'stale'],
  ['CAPTURED', 'expire', 'stale'],
  ['RELEASED', 'capture', 'impossible'],
  ['RELEASED', 'release', 'duplicate'],
  ['RELEASED', 'expire', 'stale'],
  ['EXPIRED', 'capture', 'impossible'],
  ['EXPIRED', 'release', 'stale'],
  ['EXPIRED', 'expire', 'duplicate'],
];

describe('the life of a hold', () => {
  it.each(cells)('%s, on %s: %s', (state, event, outcome) => {
    const move = () => holdLifecycle.transition(state, event);
    if (outcome === 'impossible') expect(move).toThrow(InvariantViolation);
    else expect(move()).toEqual(outcome === 'duplicate' || outcome === 'stale' ? outcome : { to: outcome });
  });

  it('has no cell beside these, begins ACTIVE and ends in each other state', () => {
    expect(cells).toHaveLength(holdLifecycle.states.length * holdLifecycle.events.length);
    expect(holdLifecycle.initial).toBe('ACTIVE');
    expect(holdLifecycle.states.filter((state) => !holdLifecycle.isTerminal(state))).toEqual(['ACTIVE']);
  });
});

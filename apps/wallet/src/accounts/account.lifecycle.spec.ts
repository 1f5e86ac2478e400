import { InvariantViolation } from '@falconpay/lifecycle/lifecycle';
import { accountLifecycle, type AccountEvent, type AccountState } from './account.lifecycle.js';

const cells: [AccountState, AccountEvent, AccountState | 'duplicate' | 'impossible'][] = [
  ['OPEN', 'freeze', 'FROZEN'],
  ['OPEN', 'unfreeze', 'duplicate'],
  ['OPEN', 'post', 'OPEN'],
  ['FROZEN', 'freeze', 'duplicate'],
  ['FROZEN', 'unfreeze', 'OPEN'],
  ['FROZEN', 'post', 'impossible'],
];

describe('the life of an account', () => {
  it.each(cells)('%s, on %s: %s', (state, event, outcome) => {
    const move = () => accountLifecycle.transition(state, event);
    if (outcome === 'impossible') expect(move).toThrow(InvariantViolation);
    else expect(move()).toEqual(outcome === 'duplicate' ? outcome : { to: outcome });
  });

  it('has no cell beside these, begins OPEN and never ends', () => {
    expect(cells).toHaveLength(accountLifecycle.states.length * accountLifecycle.events.length);
    expect(accountLifecycle.initial).toBe('OPEN');
    expect(accountLifecycle.states.some((state) => accountLifecycle.isTerminal(state))).toBe(false);
  });
});

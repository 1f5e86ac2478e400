import { InvariantViolation } from '@falconpay/lifecycle/lifecycle';
import { accountLifecycle, type AccountEvent, type AccountState } from './account.lifecycle.js';

const cells: [AccountState, AccountEvent, AccountState | 'duplicate' | 'stale' | 'impossible'][] = [
  ['OPEN', 'freeze', 'FROZEN'],
  ['OPEN', 'unfreeze', 'duplicate'],
  ['OPEN', 'close', 'CLOSED'],
  ['OPEN', 'post', 'OPEN'],
  ['OPEN', 'settle', 'OPEN'],
  ['FROZEN', 'freeze', 'duplicate'],
  ['FROZEN', 'unfreeze', 'OPEN'],
  ['FROZEN', 'close', 'impossible'],
  ['FROZEN', 'post', 'impossible'],
  ['FROZEN', 'settle', 'FROZEN'],
  ['CLOSED', 'freeze', 'stale'],
  ['CLOSED', 'unfreeze', 'stale'],
  ['CLOSED', 'close', 'duplicate'],
  ['CLOSED', 'post', 'impossible'],
  ['CLOSED', 'settle', 'impossible'],
];

describe('the life of an account', () => {
  it.each(cells)('%s, on %s: %s', (state, event, outcome) => {
    const move = () => accountLifecycle.transition(state, event);
    if (outcome === 'impossible') expect(move).toThrow(InvariantViolation);
    else expect(move()).toEqual(outcome === 'duplicate' || outcome === 'stale' ? outcome : { to: outcome });
  });

  it('has no cell beside these, begins OPEN and ends CLOSED', () => {
    expect(cells).toHaveLength(accountLifecycle.states.length * accountLifecycle.events.length);
    expect(accountLifecycle.initial).toBe('OPEN');
    expect(accountLifecycle.states.filter((state) => accountLifecycle.isTerminal(state))).toEqual(['CLOSED']);
  });
});

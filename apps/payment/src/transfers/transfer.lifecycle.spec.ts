import { InvariantViolation } from '@falconpay/lifecycle/lifecycle';
import { currency } from '@falconpay/money/currency';
import { complete, fail, newTransfer } from './transfer.js';
import { transferLifecycle, type TransferEvent, type TransferState } from './transfer.lifecycle.js';

const cells: [TransferState, TransferEvent, TransferState | 'duplicate' | 'impossible'][] = [
  ['PENDING', 'complete', 'COMPLETED'],
  ['PENDING', 'fail', 'FAILED'],
  ['COMPLETED', 'complete', 'duplicate'],
  ['COMPLETED', 'fail', 'impossible'],
  ['FAILED', 'complete', 'impossible'],
  ['FAILED', 'fail', 'duplicate'],
];

describe('the life of a transfer', () => {
  it.each(cells)('%s, on %s: %s', (state, event, outcome) => {
    const move = () => transferLifecycle.transition(state, event);
    if (outcome === 'impossible') expect(move).toThrow(InvariantViolation);
    else expect(move()).toEqual(outcome === 'duplicate' ? outcome : { to: outcome });
  });

  it('has no cell beside these, and ends in COMPLETED or FAILED', () => {
    expect(cells).toHaveLength(transferLifecycle.states.length * transferLifecycle.events.length);
    expect(transferLifecycle.states.filter((state) => transferLifecycle.isTerminal(state))).toEqual(['COMPLETED', 'FAILED']);
  });
});

describe('a transfer', () => {
  const begun = new Date('2026-01-31T12:00:00Z');
  const later = new Date('2026-01-31T12:00:01Z');
  const failure = { code: 'insufficient-funds', detail: 'not enough' } as const;
  const order = { from: '1001', to: '1002', amount: { amount: 5n, currency: currency('USD') } };
  const pending = newTransfer(
    { reference: undefined, description: undefined, metadata: undefined, clientReference: undefined, expiresAt: undefined, ...order },
    'pay_1',
    'local',
    begun,
    undefined,
  );

  it('begins PENDING at version 1, and expires in five minutes unless it says when', () => {
    expect(pending).toMatchObject({
      ...order,
      status: 'PENDING',
      version: 1,
      expiresAt: new Date('2026-01-31T12:05:00Z'),
      createdAt: begun,
      updatedAt: begun,
    });
    expect(newTransfer({ ...pending, expiresAt: later }, 'pay_1', 'local', begun, undefined).expiresAt).toEqual(later);
  });

  it('ends once, at version 2, and stays as it is when the word comes again', () => {
    const completed = complete(pending, later);
    expect(completed).toEqual({ ...pending, status: 'COMPLETED', version: 2, updatedAt: later });
    expect(complete(completed, new Date())).toBe(completed);
    const failed = fail(pending, failure, later);
    expect(failed).toEqual({ ...pending, status: 'FAILED', failure, version: 2, updatedAt: later });
    expect(fail(failed, { code: 'expired', detail: 'another' }, new Date())).toBe(failed);
  });

  it('that ended one way cannot end the other', () => {
    expect(() => fail(complete(pending, later), failure, later)).toThrow(InvariantViolation);
    expect(() => complete(fail(pending, failure, later), later)).toThrow(InvariantViolation);
  });
});

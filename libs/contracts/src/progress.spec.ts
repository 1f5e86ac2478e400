import { progressOf } from '@falconpay/choreography/progress';
import { sagas } from './choreography.js';

const at = (second: number): Date => new Date(1_000 * second);
const after = (...topics: string[]) =>
  progressOf(
    sagas,
    topics.map((topic, index) => ({ topic, at: at(index) })),
  );
const next = (...topics: string[]): string[] => after(...topics).expected.map(({ by, does }) => `${by}: ${does}`);

describe('what is expected next', () => {
  it('of a payment is the wallet’s answer, since the payment was created', () => {
    expect(after('payment.created')).toMatchObject({
      sagas: ['transfer', 'refund-payment'],
      expected: [{ by: 'wallet', does: 'post-transfer', since: at(0), topics: ['payment.completed', 'payment.failed'] }],
    });
  });

  it('is nothing once the outcome is known, in whatever order both were seen', () => {
    expect(next('payment.created', 'payment.failed')).toEqual([]);
    expect(next('payment.completed', 'payment.created')).toEqual([]);
  });

  it('of a bulk is nothing: each member has a saga of its own', () => {
    expect(after('bulk.created')).toEqual({ sagas: ['transfer'], expected: [] });
  });

  it.each([
    [['withdrawal.requested'], ['wallet: place-saga-hold']],
    [['withdrawal.requested', 'hold.refused'], []],
    [['withdrawal.requested', 'hold.placed'], ['atm-gateway: reserve-order']],
    [['withdrawal.requested', 'hold.placed', 'withdrawal.reconciling'], ['atm-gateway: claim-errand']],
    [['withdrawal.requested', 'hold.placed', 'withdrawal.reconciling', 'withdrawal.dispensed'], ['wallet: capture-saga-hold']],
    [['withdrawal.requested', 'hold.placed', 'withdrawal.dispensed', 'hold.captured'], []],
    [['withdrawal.requested', 'hold.placed', 'withdrawal.failed', 'hold.released'], []],
    [['withdrawal.requested', 'hold.placed', 'withdrawal.failed', 'hold.released', 'withdrawal.short'], ['wallet: post-shortage']],
  ])('of a withdrawal with %j is %j', (seen, expected) => {
    expect(next(...seen)).toEqual(expected);
  });

  it('from outside is told as such', () => {
    expect(after('withdrawal.requested', 'hold.placed').expected[0]?.awaits).toBe('timer');
    expect(after('withdrawal.requested', 'hold.placed', 'withdrawal.reconciling').expected[0]?.awaits).toBe('outside-world');
  });

  it('of events that no saga says together is nothing', () => {
    expect(after('payment.created', 'hold.placed')).toEqual({ sagas: [], expected: [] });
    expect(after()).toMatchObject({ expected: [] });
  });
});

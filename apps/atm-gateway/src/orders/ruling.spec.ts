import { currency } from '@falconpay/money/currency';
import type { Conclusion } from '../outside/weigh.js';
import { newOrder, type Order } from './order.js';
import type { OrderState } from './order.lifecycle.js';
import { doubted, inReview, rule } from './ruling.js';

const now = new Date('2026-01-31T12:00:00.000Z');
const request = {
  kind: 'withdrawal',
  client: 'c',
  account: '1001',
  amount: { amount: 500n, currency: currency('USD') },
  partner: 'A',
} as const;
const orderOf = (status: OrderState, change: Partial<Order> = {}): Order => ({
  ...newOrder(request, 'wdr_1', now, now),
  status,
  ...change,
});

const open: Conclusion = { verdict: { kind: 'open' }, claimed: undefined, contradicted: false };
const paid: Conclusion = { verdict: { kind: 'paid', amount: 500n }, claimed: 500n, contradicted: false };
const unpaid: Conclusion = { verdict: { kind: 'unpaid', reason: 'jam' }, claimed: undefined, contradicted: false };
const unclear: Conclusion = { verdict: { kind: 'unclear', reason: 'not counted' }, claimed: undefined, contradicted: false };

const seen = (order: Order, conclusion: Conclusion) => {
  const { order: after, announce, open: opened } = rule(order, conclusion, now);
  return [after.status, after.paid, announce, opened?.reason];
};

describe('evidence about an order', () => {
  it.each<[OrderState, Conclusion, ReturnType<typeof seen>]>([
    ['ACTING', open, ['ACTING', undefined, undefined, undefined]],
    ['ACTING', paid, ['CAPTURING', 500n, 'paid', undefined]],
    ['ACTING', unpaid, ['FAILED', undefined, 'failed', undefined]],
    ['ACTING', unclear, ['MANUAL_REVIEW', undefined, 'doubted', 'unclear']],
    ['RECONCILING', open, ['RECONCILING', undefined, undefined, undefined]],
    ['RECONCILING', paid, ['CAPTURING', 500n, 'paid', undefined]],
    ['RECONCILING', unpaid, ['FAILED', undefined, 'failed', undefined]],
    // The wallet knows of the doubt already.
    ['RECONCILING', unclear, ['MANUAL_REVIEW', undefined, undefined, 'unclear']],
    ['MANUAL_REVIEW', paid, ['CAPTURING', 500n, 'paid', undefined]],
    ['MANUAL_REVIEW', unclear, ['MANUAL_REVIEW', undefined, undefined, undefined]],
    ['RECONCILING', { ...paid, contradicted: true }, ['CAPTURING', 500n, 'paid', 'contradiction']],
  ])('decides it while it is %s: %j', (status, conclusion, expected) => {
    expect(seen(orderOf(status), conclusion)).toEqual(expected);
  });

  it.each(['CAPTURING', 'COMPLETED'] as const)('changes nothing about one that is %s: what contradicts it opens a case', (status) => {
    const order = orderOf(status, { paid: 500n });
    expect(seen(order, paid)).toEqual([status, 500n, undefined, undefined]);
    expect(seen(order, open)).toEqual([status, 500n, undefined, undefined]);
    expect(seen(order, unclear)).toEqual([status, 500n, undefined, 'contradiction']);
    expect(seen(order, { ...paid, verdict: { kind: 'paid', amount: 200n } })).toEqual([status, 500n, undefined, 'contradiction']);
  });

  it('of a late success is noted before the release is confirmed, and posted afterwards, once', () => {
    expect(seen(orderOf('FAILED'), paid)).toEqual(['FAILED', 500n, undefined, 'late-success']);
    expect(seen(orderOf('REFUNDED'), paid)).toEqual(['MANUAL_REVIEW', 500n, 'short', 'late-success']);
    expect(seen(orderOf('MANUAL_REVIEW', { paid: 500n }), paid)).toEqual(['MANUAL_REVIEW', 500n, undefined, undefined]);
    expect(seen(orderOf('REFUNDED'), unpaid)).toEqual(['REFUNDED', undefined, undefined, undefined]);
  });

  it('before anything was sent is about something else: no state takes it', () => {
    expect(() => rule(orderOf('RESERVED'), paid, now)).toThrow();
    expect(rule(orderOf('RESERVED'), open, now).order.status).toBe('RESERVED');
  });
});

describe('a doubt', () => {
  it('is told to the wallet once, whoever has it', () => {
    expect(doubted(orderOf('ACTING'), now)).toMatchObject({ order: { status: 'RECONCILING' }, announce: 'doubted' });
    expect(doubted(orderOf('RECONCILING'), now).announce).toBeUndefined();
    const opened = { reason: 'no-answer', detail: 'nobody knows' } as const;
    expect(inReview(orderOf('ACTING'), opened, now)).toMatchObject({
      order: { status: 'MANUAL_REVIEW' },
      announce: 'doubted',
      open: opened,
    });
    expect(inReview(orderOf('RECONCILING'), opened, now).announce).toBeUndefined();
    expect(inReview(orderOf('MANUAL_REVIEW'), opened, now).open).toBeUndefined();
  });
});

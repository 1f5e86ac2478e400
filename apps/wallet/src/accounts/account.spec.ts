import fc from 'fast-check';
import { accountForSpecs } from './account-for-specs.js';
import {
  available,
  momentOn,
  withEntry,
  withHold,
  withHoldEnded,
  withReleased,
  withStatus,
  withUnreleased,
  type Account,
} from './account.js';

const now = new Date('2026-01-31T12:00:00.000Z');
const at = (ms: number) => new Date(now.getTime() + ms);

/** What can happen to an account; each says by how much what is available changes. */
const events = fc.oneof(
  fc.record({ what: fc.constant('entry' as const), amount: fc.integer({ min: -50, max: 50 }) }),
  fc.record({ what: fc.constant('later' as const), amount: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ what: fc.constant('release' as const), amount: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ what: fc.constant('hold' as const), amount: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ what: fc.constant('end' as const), amount: fc.integer({ min: 0, max: 50 }) }),
);

describe('what is available', () => {
  it('is what is posted less what is held and unreleased, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 40 }), (happened) => {
        let account = accountForSpecs('a', now);
        let expected = 100n;
        const holds: bigint[] = [];
        for (const { what, amount: units } of happened) {
          const amount = BigInt(units);
          if (what === 'entry') {
            account = withEntry(account, amount, now);
            expected += amount;
          } else if (what === 'later') account = withUnreleased(withEntry(account, amount, now), amount);
          else if (what === 'release') {
            const due = amount < account.unreleased ? amount : account.unreleased;
            account = withReleased(account, due, now);
            expected += due;
          } else if (what === 'hold') {
            account = withHold(account, amount, now);
            holds.push(amount);
            expected -= amount;
          } else {
            const held = holds.pop() ?? 0n;
            const captured = amount < held ? amount : held;
            account = withHoldEnded(account, { amount: held, createdAt: now }, captured, now);
            expected += held - captured;
          }
          expect(available(account)).toBe(expected);
          expect(account.held).toBe(holds.reduce((sum, each) => sum + each, 0n));
        }
      }),
    );
  });
});

describe('releasing', () => {
  it('makes no version, and never goes back in time', () => {
    const before = accountForSpecs('a', now, { unreleased: 60n, releasedThrough: at(-10) });
    expect(withReleased(before, 20n, now)).toEqual({ ...before, unreleased: 40n, releasedThrough: now });
    expect(withReleased(before, 0n, at(-20)).releasedThrough).toEqual(at(-10));
  });
});

describe('the moment on accounts', () => {
  const cases: [string, Partial<Account>[], Date][] = [
    ['is now', [{}, {}], now],
    ['is now, without any', [], now],
    ['is not before the last change of one', [{}, { updatedAt: at(7) }], at(7)],
    ['is not before what one has released', [{ releasedThrough: at(9) }, { updatedAt: at(7) }], at(9)],
  ];
  it.each(cases)('%s', (_, changes, expected) => {
    expect(momentOn(now, ...changes.map((change) => accountForSpecs('a', now, change)))).toEqual(expected);
  });
});

describe('an operator’s word', () => {
  const cases: [Account['status'], 'freeze' | 'unfreeze' | 'close', Account['status'] | 'the same' | 'too late'][] = [
    ['OPEN', 'freeze', 'FROZEN'],
    ['OPEN', 'unfreeze', 'the same'],
    ['OPEN', 'close', 'CLOSED'],
    ['FROZEN', 'freeze', 'the same'],
    ['FROZEN', 'unfreeze', 'OPEN'],
    ['CLOSED', 'freeze', 'too late'],
    ['CLOSED', 'unfreeze', 'too late'],
    ['CLOSED', 'close', 'the same'],
  ];
  it.each(cases)('on an account that is %s: %s → %s', (status, event, expected) => {
    const before = accountForSpecs('a', now, { status });
    const after = withStatus(before, event, now);
    if (expected === 'too late') expect(after).toBeUndefined();
    else if (expected === 'the same') expect(after).toBe(before);
    else expect(after).toEqual({ ...before, status: expected, version: 8, updatedAt: now });
  });
});

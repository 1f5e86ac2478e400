import fc from 'fast-check';
import { InvariantViolation } from '@falconpay/lifecycle/lifecycle';
import { currency } from '@falconpay/money/currency';
import { accountForSpecs } from '../accounts/account-for-specs.js';
import { available, type Account } from '../accounts/account.js';
import { captureHold, endHold, hasExpired, placeHold, type Hold, type HoldChange, type HoldOrder } from './hold.js';

const [usd, omr] = [currency('USD'), currency('OMR')];
const now = new Date('2026-01-31T12:00:00.000Z');
const at = (ms: number) => new Date(now.getTime() + ms);
const account = (change: Partial<Account> = {}): Account => accountForSpecs('a', now, change);
const orderOf = (change: Partial<HoldOrder> = {}): HoldOrder => ({
  ...{ id: 'hold_1', account: 'number-a', amount: { amount: 60n, currency: usd }, reference: 'table 4', source: 'request' },
  ...{ counterAccount: 'sys_clearing_USD', expiresAt: at(1) },
  ...change,
});

function placed(change: Partial<HoldOrder> = {}, on: Partial<Account> = {}): HoldChange {
  const decision = placeHold(orderOf(change), account(on), now);
  if ('refused' in decision) throw new Error(decision.refused.detail);
  return decision;
}

describe('placing a hold', () => {
  it('sets the amount apart, and moves nothing', () => {
    const { hold, account: after } = placed();
    expect(hold).toEqual({
      ...{ id: 'hold_1', accountId: 'a', amount: 60n, currency: usd, status: 'ACTIVE', captured: 0n, counterAccount: 'sys_clearing_USD' },
      ...{ reference: 'table 4', source: 'request', expiresAt: at(1), version: 0, createdAt: now, updatedAt: now, endedAt: undefined },
    });
    expect(after).toEqual({ ...account(), held: 60n, version: 8, updatedAt: now });
    expect(available(after)).toBe(40n);
  });

  const refusals: [string, string, Partial<HoldOrder>, Partial<Account> | null][] = [
    ['without an account', 'account-not-found', {}, null],
    ['on a closed account', 'account-not-found', {}, { status: 'CLOSED', posted: 0n }],
    ['on a frozen account', 'account-frozen', {}, { status: 'FROZEN' }],
    ['in another currency', 'currency-mismatch', { amount: { amount: 60n, currency: omr } }, {}],
    ['for more than there is', 'insufficient-funds', { amount: { amount: 101n, currency: usd } }, {}],
    ['for what is held already', 'insufficient-funds', {}, { held: 41n }],
    ['for what is not yet released', 'insufficient-funds', {}, { unreleased: 41n }],
    ['until now', 'expired', { expiresAt: now }, {}],
  ];
  it.each(refusals)('is refused %s: %s', (_, code, change, on) => {
    expect(placeHold(orderOf(change), on === null ? undefined : account(on), now)).toMatchObject({ refused: { code } });
  });
});

describe('capturing a hold', () => {
  it('of a part posts that part, and gives the rest back in the same step', () => {
    const { hold, account: before } = placed();
    const decision = captureHold(hold, before, { amount: 45n, to: 'sys_cash_USD' }, at(5));
    if (typeof decision === 'string') throw new Error(decision);
    expect(decision.hold).toEqual({
      ...hold,
      ...{ status: 'CAPTURED', captured: 45n, counterAccount: 'sys_cash_USD', version: 1, updatedAt: at(5), endedAt: at(5) },
    });
    expect(decision.account).toEqual({ ...before, posted: 55n, held: 0n, version: 9, updatedAt: at(5) });
    expect(decision.posting.accounts).toEqual([decision.account]);
    expect(decision.transaction).toMatchObject({ id: 'hold_1', type: 'capture', status: 'POSTED', reference: 'table 4' });
    expect(decision.posting.entries).toMatchObject([
      { accountId: 'a', amount: -45n, balanceAfter: 55n, accountVersion: 9, createdAt: at(5) },
      { accountId: 'sys_cash_USD', amount: 45n, createdAt: at(5) },
    ]);
  });

  it('brings the money to another account', () => {
    const { hold, account: before } = placed();
    const decision = captureHold(hold, before, { amount: 60n, to: accountForSpecs('b', now) }, now);
    if (typeof decision === 'string') throw new Error(decision);
    expect(decision.posting.accounts.map(({ id, posted }) => [id, posted])).toEqual([
      ['a', 40n],
      ['b', 160n],
    ]);
    expect(decision.hold.counterAccount).toBe('b');
  });

  it('works on an account that was frozen since: it was promised before', () => {
    const { hold, account: before } = placed();
    expect(captureHold(hold, { ...before, status: 'FROZEN' }, { amount: 60n, to: 'sys_cash_USD' }, now)).toMatchObject({
      account: { status: 'FROZEN', posted: 40n, held: 0n },
    });
  });

  it.each([0n, -1n, 61n])('with %s of 60 is a contradiction', (amount) => {
    const { hold, account: before } = placed();
    expect(() => captureHold(hold, before, { amount, to: 'sys_cash_USD' }, now)).toThrow(InvariantViolation);
  });
});

describe('a hold’s expiry', () => {
  const cases: [string, Partial<Hold>, boolean][] = [
    ['has come at its instant', { expiresAt: now }, true],
    ['has not come a millisecond before', { expiresAt: at(1) }, false],
    ['never comes without one', { expiresAt: undefined }, false],
    ['does not come after its end', { expiresAt: at(-1), status: 'CAPTURED' }, false],
  ];
  it.each(cases)('%s', (_, change, expected) => {
    expect(hasExpired({ ...placed().hold, ...change }, now)).toBe(expected);
  });

  it.each(['withdrawal', 'payout'] as const)('never comes to that of a %s: its saga alone ends it', (source) => {
    const { hold } = placed({ source });
    expect(hold.expiresAt).toBeUndefined();
    expect(hasExpired(hold, at(1_000_000))).toBe(false);
  });
});

/** Words that can come in any order, any number of times, from a client, a saga and the timer. */
const words = fc.oneof(
  fc.record({ word: fc.constant('capture' as const), amount: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ word: fc.constantFrom('release' as const, 'expire' as const), amount: fc.constant(0) }),
);

describe('whatever is said of a hold, in whatever order', () => {
  it('it ends exactly once, by the first word that ends it; captured and given back are its amount', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 8 }), (said) => {
        let { hold, account: of } = placed();
        const entries: bigint[] = [];
        let ends = 0;
        for (const { word, amount } of said) {
          const before = { hold, of };
          try {
            if (word === 'capture') {
              const change = captureHold(hold, of, { amount: BigInt(amount), to: 'sys_cash_USD' }, now);
              if (typeof change === 'string') continue;
              ({ hold, account: of } = change);
              entries.push(change.posting.entries[0].amount);
            } else {
              const change = endHold(hold, of, word, now);
              if (typeof change === 'string') continue;
              ({ hold, account: of } = change);
            }
            ends += 1;
          } catch (error) {
            expect(error).toBeInstanceOf(InvariantViolation);
            expect({ hold, of }).toEqual(before);
          }
        }
        const first = said[0];
        expect(ends).toBe(first ? 1 : 0);
        expect(hold.status).toBe(first ? { capture: 'CAPTURED', release: 'RELEASED', expire: 'EXPIRED' }[first.word] : 'ACTIVE');
        expect(hold.captured).toBe(first?.word === 'capture' ? BigInt(first.amount) : 0n);
        expect(of.posted).toBe(100n - hold.captured);
        expect(of.held).toBe(first ? 0n : 60n);
        expect(entries).toEqual(first?.word === 'capture' ? [-hold.captured] : []);
        const givenBack = available(of) - 40n;
        expect(givenBack + hold.captured).toBe(first ? hold.amount : 0n);
      }),
      { numRuns: 500 },
    );
  });
});

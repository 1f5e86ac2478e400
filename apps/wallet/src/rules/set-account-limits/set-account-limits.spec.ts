import { accountForSpecs } from '../../accounts/account-for-specs.js';
import type { Account } from '../../accounts/account.js';
import { rowsForSpecs } from '../../rows-for-specs.js';
import type { Limits } from '../limits.js';
import { amountsOf, limitsWith, now, omr, usageWith, usd } from '../limits-for-specs.js';
import { setAccountLimits } from './set-account-limits.js';

const moment = { now, newId: (prefix: string) => `${prefix}_1`, newUuid: () => 'uuid' };

function decide(limits: Limits | undefined, on: Partial<Account> = {}) {
  const message = { account: 'a', limits };
  const rows = rowsForSpecs(setAccountLimits.needs(message), { accounts: [accountForSpecs('a', now, on)] });
  return setAccountLimits.decide(message, rows, moment);
}

describe('limits for an account', () => {
  it('are set, told and kept with the account’s history', () => {
    const limits = limitsWith({ per_day: amountsOf(usd(500))[0], velocity: { count: 3, window_seconds: 60 } });
    const told = { per_day: { amount: 500, currency: 'USD' }, velocity: { count: 3, window_seconds: 60 }, business_zone: 'UTC' };
    const { put, reply } = decide(limits);
    expect(put).toMatchObject({
      accounts: [{ id: 'a', version: 8, posted: 100n, limited: { limits, usage: { since: now, day: '2026-01-31', spentThatDay: [] } } }],
      accountEvents: [{ accountId: 'a', accountVersion: 8, event: 'set-limits', reason: JSON.stringify(told), createdAt: now }],
    });
    expect(reply).toMatchObject({ status: 200, body: { account: 'a', ...told, spent_today: { amount: 0, currency: 'USD' } } });
  });

  it('replace those there were, and what was spent stays spent', () => {
    const before = {
      limits: limitsWith({ per_day: amountsOf(usd(500))[0], currencies: [usd(1).currency] }),
      usage: usageWith({ spentThatDay: [usd(80)] }),
    };
    const { reply } = decide(limitsWith({ per_day: amountsOf(usd(90))[0] }), { limited: before });
    expect(reply).toEqual({
      status: 200,
      body: { account: 'a', per_day: usdOnWire(90), business_zone: 'UTC', spent_today: usdOnWire(80) },
    });
  });

  it('are taken away by limits that limit nothing', () => {
    const { put, reply } = decide(undefined, { limited: { limits: limitsWith({ per_day: amountsOf(usd(1))[0] }), usage: usageWith({}) } });
    expect(put).toMatchObject({ accounts: [{ limited: undefined }], accountEvents: [{ reason: '{}' }] });
    expect(reply).toEqual({ status: 200, body: { account: 'a' } });
  });

  it('are set no earlier than what happened on the account before, whatever the clock says', () => {
    const updatedAt = new Date(now.getTime() + 1);
    expect(decide(limitsWith({ per_day: amountsOf(usd(5))[0] }), { updatedAt }).put).toMatchObject({
      accounts: [{ updatedAt, limited: { usage: { since: updatedAt } } }],
      accountEvents: [{ createdAt: updatedAt }],
    });
  });

  it('are set on a frozen account too', () => {
    expect(decide(undefined, { status: 'FROZEN' }).reply).toMatchObject({ status: 200 });
  });

  it.each([
    ['currency-mismatch', limitsWith({ per_day: amountsOf(omr(1))[0] }), {}],
    ['currency-mismatch', limitsWith({ per_transaction: amountsOf(omr(1))[0] }), {}],
    ['account-not-found', undefined, { status: 'CLOSED', posted: 0n }],
  ] as const)('are refused: %s', (code, limits, on) => {
    expect(decide(limits, on)).toEqual({ reply: { refused: code, detail: expect.stringMatching(/account a/) } });
  });
});

const usdOnWire = (amount: number) => ({ amount, currency: 'USD' });

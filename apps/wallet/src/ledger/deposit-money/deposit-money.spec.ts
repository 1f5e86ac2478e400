import { currency } from '@falconpay/money/currency';
import { accountForSpecs } from '../../accounts/account-for-specs.js';
import type { Account } from '../../accounts/account.js';
import { rowsForSpecs } from '../../rows-for-specs.js';
import { depositMoney, type DepositMoney } from './deposit-money.js';

const usd = currency('USD');
const now = new Date('2024-02-29T12:00:00.000Z');
const at = (ms: number) => new Date(now.getTime() + ms);
const moment = { now, newId: (prefix: string) => `${prefix}_1`, newUuid: () => 'uuid' };

function decide(change: Partial<DepositMoney> = {}, on: Partial<Account> = {}) {
  const message = { account: 'number-a', amount: { amount: 50n, currency: usd }, ...change };
  return depositMoney.decide(message, rowsForSpecs(depositMoney.needs(message), { accounts: [accountForSpecs('a', now, on)] }), moment);
}

describe('a deposit', () => {
  it('is posted against the bank’s cash', () => {
    const { put, reply } = decide({ reference: 'counter 3' });
    expect(put).toMatchObject({
      accounts: [{ posted: 150n, unreleased: 0n, version: 8 }],
      transactions: [{ id: 'dep_1', type: 'deposit', status: 'POSTED', reference: 'counter 3' }],
      entries: [
        { accountId: 'sys_cash_USD', amount: -50n },
        { accountId: 'a', amount: 50n, balanceAfter: 150n },
      ],
      releases: [],
    });
    expect(reply).toMatchObject({ status: 201, body: { id: 'dep_1', status: 'COMPLETED' } });
  });

  it('for later is posted at once, and not released', () => {
    const { put } = decide({ releaseAt: at(1) }, { unreleased: 20n });
    expect(put).toMatchObject({
      accounts: [{ posted: 150n, unreleased: 70n }],
      releases: [{ depositId: 'dep_1', accountId: 'a', amount: 50n, currency: usd, releaseAt: at(1), createdAt: now }],
    });
  });

  it.each([
    ['now', 0, {}],
    ['a moment ago', -1, {}],
    ['before what the account has released already, by a clock that was set back', 5, { releasedThrough: at(5) }],
  ] as const)('for %s is released at once', (_, ms, on) => {
    expect(decide({ releaseAt: at(ms) }, on).put).toMatchObject({ accounts: [{ posted: 150n, unreleased: 0n }], releases: [] });
  });

  it.each([
    ['in five years to the second', '2029-03-01T12:00:00.000Z', true],
    ['a millisecond later', '2029-03-01T12:00:00.001Z', false],
    ['in the year 9999', '9999-12-31T23:59:59.999Z', false],
  ])('for a release %s', (_, releaseAt, isTaken) => {
    const { put, reply } = decide({ releaseAt: new Date(releaseAt) });
    if (isTaken) expect(put?.releases).toHaveLength(1);
    else expect([put, reply]).toMatchObject([undefined, { refused: 'validation-failed' }]);
  });

  it.each([
    ['account-not-found', { status: 'CLOSED', posted: 0n }],
    ['account-frozen', { status: 'FROZEN' }],
    ['currency-mismatch', { currency: currency('OMR') }],
    ['limit-exceeded', { posted: BigInt(Number.MAX_SAFE_INTEGER) - 49n }],
  ] as const)('is refused: %s', (code, on) => {
    expect(decide({}, on)).toEqual({ reply: { refused: code, detail: expect.stringContaining('number-a') } });
  });
});

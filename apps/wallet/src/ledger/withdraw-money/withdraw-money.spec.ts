import { spendingRefused } from '@falconpay/contracts/topics/spending-refused.topic';
import { currency } from '@falconpay/money/currency';
import { accountForSpecs } from '../../accounts/account-for-specs.js';
import type { Account } from '../../accounts/account.js';
import { rowsForSpecs } from '../../rows-for-specs.js';
import { withdrawMoney } from './withdraw-money.js';

const usd = currency('USD');
const now = new Date('2026-01-31T12:00:00.000Z');
const moment = { now, newId: (prefix: string) => `${prefix}_1`, newUuid: () => 'uuid' };

function decide(amount: bigint, on: Partial<Account> = {}) {
  const message = { client: 'till', account: 'a', amount: { amount, currency: usd } };
  return withdrawMoney.decide(message, rowsForSpecs(withdrawMoney.needs(message), { accounts: [accountForSpecs('a', now, on)] }), moment);
}

describe('a withdrawal at a counter', () => {
  it('takes what is there, down to nothing', () => {
    const { put, reply } = decide(100n);
    expect(put).toMatchObject({
      accounts: [{ posted: 0n, version: 8 }],
      transactions: [{ id: 'wdl_1', type: 'withdrawal', status: 'POSTED' }],
      entries: [
        { accountId: 'a', amount: -100n, balanceAfter: 0n },
        { accountId: 'sys_cash_USD', amount: 100n },
      ],
    });
    expect(reply).toMatchObject({ status: 201, body: { id: 'wdl_1', amount: { amount: 100, currency: 'USD' } } });
  });

  it('happens no earlier than what happened on the account before, whatever the clock says', () => {
    const updatedAt = new Date(now.getTime() + 1);
    expect(decide(1n, { updatedAt })).toMatchObject({
      put: { accounts: [{ updatedAt }], transactions: [{ createdAt: updatedAt }], entries: [{ createdAt: updatedAt }, {}] },
      reply: { body: { created_at: updatedAt.toISOString() } },
    });
  });

  it.each([
    ['insufficient-funds', { posted: 99n }],
    ['insufficient-funds', { held: 1n }],
    ['insufficient-funds', { unreleased: 1n }],
    ['account-frozen', { status: 'FROZEN' }],
    ['currency-mismatch', { currency: currency('OMR') }],
  ] as const)('is refused, and whoever looks on is told: %s', (code, on) => {
    const detail: unknown = expect.stringMatching(/account a /);
    const data = { account_id: 'a', client: 'till', kind: 'withdrawal', amount: { amount: 100, currency: 'USD' }, code, detail };
    expect(decide(100n, on)).toEqual({ reply: { refused: code, detail }, events: [{ topic: spendingRefused, data, sequence: 7 }] });
  });

  it('is refused without a word to others where there is no account', () => {
    expect(decide(100n, { status: 'CLOSED', posted: 0n })).toEqual({
      reply: { refused: 'account-not-found', detail: 'account a is closed' },
    });
  });
});

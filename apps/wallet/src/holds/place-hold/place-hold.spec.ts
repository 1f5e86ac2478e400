import { spendingRefused } from '@falconpay/contracts/topics/spending-refused.topic';
import { accountForSpecs } from '../../accounts/account-for-specs.js';
import type { Account } from '../../accounts/account.js';
import { rowsForSpecs } from '../../rows-for-specs.js';
import { now, usd } from '../../rules/limits-for-specs.js';
import { placeHold } from './place-hold.js';

const moment = { now, newId: (prefix: string) => `${prefix}_1`, newUuid: () => 'uuid' };

function decide(amount: number, on: Partial<Account> = {}, expiresAt?: Date) {
  const message = { client: 'till', account: 'a', amount: usd(amount), ...(expiresAt && { expiresAt }) };
  return placeHold.decide(message, rowsForSpecs(placeHold.needs(message), { accounts: [accountForSpecs('a', now, on)] }), moment);
}

describe('money set apart on request', () => {
  it('is set apart no earlier than what happened on the account before, whatever the clock says', () => {
    const updatedAt = new Date(now.getTime() + 1);
    expect(decide(100, { updatedAt })).toMatchObject({
      put: { accounts: [{ held: 100n, updatedAt }], holds: [{ id: 'hold_1', createdAt: updatedAt }] },
      reply: { status: 201, headers: { location: '/v1/holds/hold_1' } },
    });
  });

  it('is refused when it was to end before that', () => {
    const updatedAt = new Date(now.getTime() + 1);
    expect(decide(100, { updatedAt }, updatedAt).reply).toMatchObject({ refused: 'expired' });
  });

  it('is refused, and whoever looks on is told', () => {
    const [code, detail] = ['insufficient-funds', 'account a has less than that available'];
    const data = { account_id: 'a', client: 'till', kind: 'hold', amount: { amount: 101, currency: 'USD' }, code, detail };
    expect(decide(101)).toEqual({ reply: { refused: code, detail }, events: [{ topic: spendingRefused, data, sequence: 7 }] });
  });

  it('is refused without a word to others where there is no account', () => {
    expect(decide(1, { status: 'CLOSED', posted: 0n })).toEqual({ reply: { refused: 'account-not-found', detail: 'account a is closed' } });
  });
});

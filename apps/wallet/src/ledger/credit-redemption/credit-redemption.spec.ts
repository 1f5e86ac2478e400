import { currency } from '@falconpay/money/currency';
import { accountForSpecs } from '../../accounts/account-for-specs.js';
import type { Account } from '../../accounts/account.js';
import { rowsForSpecs } from '../../rows-for-specs.js';
import { newClient, type Client } from '../../rules/client.js';
import { amountsOf, limitsWith, now, secondsAgo, usd } from '../../rules/limits-for-specs.js';
import { creditRedemption, type CreditRedemption } from './credit-redemption.js';

const moment = { now, newId: (prefix: string) => `${prefix}_1`, newUuid: () => 'uuid' };
const card = 'card_1';

function decide(change: Partial<CreditRedemption> = {}, on: Partial<Account> = {}, clients: readonly Client[] = []) {
  const message: CreditRedemption = {
    ...{ redemptionId: 'rdm_1', account: 'number-a', amount: usd(50), institution: 'I', card, client: 'local' },
    ...{ expiresAt: new Date(now.getTime() + 1), ...change },
  };
  return creditRedemption.decide(
    message,
    rowsForSpecs(creditRedemption.needs(message), { accounts: [accountForSpecs('a', now, on)], clients }),
    moment,
  );
}

describe('a redemption', () => {
  it('is credited against what cards have brought', () => {
    expect(decide()).toMatchObject({
      put: {
        accounts: [{ posted: 150n, version: 8 }],
        transactions: [{ id: 'rdm_1', type: 'redemption', status: 'POSTED', reference: 'I' }],
        entries: [
          { accountId: 'sys_institutions_USD', amount: -50n },
          { accountId: 'a', amount: 50n, balanceAfter: 150n },
        ],
        clients: [],
      },
      events: [{ topic: { name: 'redemption.credited' }, data: { redemption_id: 'rdm_1', account_id: 'a' } }],
    });
  });

  it.each([
    ['account-not-found', {}, { status: 'CLOSED', posted: 0n }],
    ['account-not-found', { account: 'nobody' }, {}],
    ['account-frozen', {}, { status: 'FROZEN' }],
    ['currency-mismatch', {}, { currency: currency('OMR') }],
    ['limit-exceeded', {}, { posted: BigInt(Number.MAX_SAFE_INTEGER) - 49n }],
    ['expired', { expiresAt: now }, {}],
    ['expired', {}, { updatedAt: new Date(now.getTime() + 1) }],
  ] as const)('is refused, and nothing moves: %s', (code, change, on) => {
    expect(decide(change, on)).toEqual({
      put: { transactions: [expect.objectContaining({ id: 'rdm_1', type: 'redemption', status: 'REFUSED', code })] },
      events: [expect.objectContaining({ data: { redemption_id: 'rdm_1', code, detail: expect.any(String) } })],
    });
  });

  it('counts for its card, by the limits of all cards, and for no other', () => {
    const cards = newClient('cards', limitsWith({ velocity: { count: 1, window_seconds: 60 } }), now);
    const first = decide({}, {}, [cards]);
    const [counted] = first.put?.clients ?? [];
    expect(counted).toMatchObject({ id: card, limited: { usage: { recent: [now] } } });
    const both = [cards, counted as Client];
    expect(decide({}, {}, both)).toMatchObject({ put: { transactions: [{ code: 'limit-exceeded' }] } });
    expect(decide({ card: 'card_2' }, {}, both)).toMatchObject({ put: { transactions: [{ status: 'POSTED' }] } });
  });

  it('is held to what cards may bring onto a new account, until it is old enough', () => {
    const cards = newClient('cards', limitsWith({ new_account: { younger_than_seconds: 60, per_transaction: amountsOf(usd(49)) } }), now);
    const onOne = (age: number, amount: number) => decide({ amount: usd(amount) }, { createdAt: secondsAgo(age) }, [cards]);
    expect(onOne(59, 50)).toMatchObject({ put: { transactions: [{ status: 'REFUSED', code: 'limit-exceeded' }] } });
    expect(onOne(59, 49)).toMatchObject({ put: { transactions: [{ status: 'POSTED' }], clients: [{ id: card }] } });
    expect(onOne(60, 50)).toMatchObject({ put: { transactions: [{ status: 'POSTED' }] } });
  });

  it('counts for whoever asked, if that client has limits', () => {
    const client = newClient('local', limitsWith({ per_transaction: amountsOf(usd(49)) }), now);
    expect(decide({}, {}, [client])).toMatchObject({ put: { transactions: [{ code: 'limit-exceeded' }] } });
  });
});

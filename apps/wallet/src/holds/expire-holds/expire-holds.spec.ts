import { currency } from '@falconpay/money/currency';
import { accountForSpecs } from '../../accounts/account-for-specs.js';
import { rowsForSpecs } from '../../rows-for-specs.js';
import type { Hold } from '../hold.js';
import { expireHolds } from './expire-holds.js';

const now = new Date('2026-01-31T12:00:00.000Z');
const at = (ms: number) => new Date(now.getTime() + ms);
const moment = { now, newId: (prefix: string) => `${prefix}_1`, newUuid: () => 'uuid' };

const holdOf = (id: string, accountId: string, change: Partial<Hold> = {}): Hold => ({
  ...{ id, accountId, amount: 10n, currency: currency('USD'), status: 'ACTIVE', captured: 0n, counterAccount: 'sys_clearing_USD' },
  ...{ reference: undefined, source: 'request', expiresAt: now, version: 0, createdAt: at(-5), updatedAt: at(-5), endedAt: undefined },
  ...change,
});

describe('expiring holds', () => {
  it('ends those whose time is over, several of one account too, and leaves all others alone', () => {
    const holds = [
      holdOf('one', 'a'),
      holdOf('two', 'a'),
      holdOf('of another', 'b'),
      holdOf('later', 'b', { expiresAt: at(1) }),
      holdOf('of a saga', 'b', { source: 'withdrawal', expiresAt: undefined }),
      holdOf('captured', 'b', { status: 'CAPTURED', captured: 10n, endedAt: at(-1) }),
    ];
    const message = [...holds.map(({ id, accountId }) => ({ id, account: accountId })), { id: 'gone', account: 'a' }];
    const accounts = [accountForSpecs('a', now, { held: 20n }), accountForSpecs('b', now, { held: 30n })];
    const { put, reply } = expireHolds.decide(message, rowsForSpecs(expireHolds.needs(message), { accounts, holds }), moment);
    expect(put?.holds?.map(({ id, status, endedAt }) => [id, status, endedAt])).toEqual([
      ['one', 'EXPIRED', now],
      ['two', 'EXPIRED', now],
      ['of another', 'EXPIRED', now],
    ]);
    expect(put?.accounts?.map(({ id, held, posted, version }) => [id, held, posted, version])).toEqual([
      ['a', 0n, 100n, 9],
      ['b', 20n, 100n, 8],
    ]);
    expect(reply).toEqual({ status: 200, body: { expired: 3 } });
  });
});

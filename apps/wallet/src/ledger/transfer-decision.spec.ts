import type { FailureCode } from '@falconpay/contracts/failure-codes';
import { currency } from '@falconpay/money/currency';
import { LARGEST_WIRE_AMOUNT } from '@falconpay/money/money';
import { accountForSpecs } from '../accounts/account-for-specs.js';
import type { Account } from '../accounts/account.js';
import type { Client } from '../rules/client.js';
import type { Limited } from '../rules/limited.js';
import { limitsWith, usageWith } from '../rules/limits-for-specs.js';
import { decideTransfer, type TransferOrder } from './transfer-decision.js';

const [usd, omr] = [currency('USD'), currency('OMR')];
const now = new Date('2026-01-31T12:00:00.000Z');
const at = (ms: number) => new Date(now.getTime() + ms);
const account = (id: string, change: Partial<Account> = {}): Account => accountForSpecs(id, now, change);
const orderOf = (change: Partial<TransferOrder> = {}): TransferOrder => ({
  ...{
    paymentId: 'pay_1',
    kind: 'transfer',
    from: 'a',
    to: 'b',
    amount: { amount: 100n, currency: usd },
    reference: 'rent',
    expiresAt: at(1),
  },
  ...change,
});

interface Case {
  readonly from?: Partial<Account> | null;
  readonly to?: Partial<Account> | null;
  readonly order?: Partial<TransferOrder>;
  readonly client?: Client;
}

function decide({ from = {}, to = {}, order = {}, client }: Case) {
  const accounts = [from === null ? [] : account('a', from), to === null ? [] : account('b', to)].flat();
  const find = (key: string) => accounts.find(({ id, number }) => id === key || number === key);
  return decideTransfer(orderOf(order), { account: find, client: () => client }, now);
}

describe('a transfer is posted', () => {
  const cases: [string, Case][] = [
    ['when the payer has exactly that much', {}],
    ['when the payer has more', { from: { posted: 101n } }],
    ['when what is held leaves exactly that much', { from: { posted: 150n, held: 50n } }],
    ['when what is not yet released leaves exactly that much', { from: { posted: 150n, unreleased: 50n } }],
    ['by numbers', { order: { from: 'number-a', to: 'number-b' } }],
    ['in the last millisecond before its expiry', { order: { expiresAt: at(1) } }],
    ['to a payee who has all but room for more', { to: { posted: LARGEST_WIRE_AMOUNT - 100n } }],
    ['to an empty account', { to: { posted: 0n } }],
    ['as a refund', { order: { kind: 'refund' } }],
  ];
  it.each(cases)('%s', (_, each) => {
    const decision = decide(each);
    if (!('posted' in decision)) throw new Error(decision.refused.detail);
    const [payer, payee] = [account('a', each.from ?? {}), account('b', each.to ?? {})];
    expect(decision.transaction).toMatchObject({
      id: 'pay_1',
      type: each.order?.kind ?? 'transfer',
      status: 'POSTED',
      reference: 'rent',
      createdAt: now,
    });
    expect(decision.transaction.code).toBeUndefined();
    expect(decision.posted.accounts).toEqual([
      { ...payer, posted: payer.posted - 100n, version: 8, updatedAt: now },
      { ...payee, posted: payee.posted + 100n, version: 8, updatedAt: now },
    ]);
    expect(decision.posted.entries).toMatchObject([
      {
        accountId: 'a',
        transactionId: 'pay_1',
        amount: -100n,
        currency: usd,
        balanceAfter: payer.posted - 100n,
        accountVersion: 8,
        reference: 'rent',
      },
      {
        accountId: 'b',
        transactionId: 'pay_1',
        amount: 100n,
        currency: usd,
        balanceAfter: payee.posted + 100n,
        accountVersion: 8,
        reference: 'rent',
      },
    ]);
  });
});

describe('a transfer is refused', () => {
  const cases: [string, FailureCode, Case][] = [
    ['without a payer', 'account-not-found', { from: null }],
    ['without a payee', 'account-not-found', { to: null }],
    ['without either', 'account-not-found', { from: null, to: null }],
    ['from an account to itself', 'same-account', { order: { to: 'a' } }],
    ['from an account’s id to its number', 'same-account', { order: { to: 'number-a' } }],
    ['from an account’s number to its id', 'same-account', { order: { from: 'number-a', to: 'a' } }],
    ['at the instant of its expiry', 'expired', { order: { expiresAt: now } }],
    ['after its expiry', 'expired', { order: { expiresAt: at(-1) } }],
    ['when the payer is frozen', 'account-frozen', { from: { status: 'FROZEN' } }],
    ['when the payee is frozen', 'account-frozen', { to: { status: 'FROZEN' } }],
    ['when the payer has another currency', 'currency-mismatch', { from: { currency: omr } }],
    ['when the payee has another currency', 'currency-mismatch', { to: { currency: omr } }],
    ['when both have another currency', 'currency-mismatch', { from: { currency: omr }, to: { currency: omr } }],
    ['when the payer has one unit too few', 'insufficient-funds', { from: { posted: 99n } }],
    ['when the payer has nothing', 'insufficient-funds', { from: { posted: 0n } }],
    ['when too much of it is held', 'insufficient-funds', { from: { posted: 150n, held: 51n } }],
    ['when too much of it is not yet released', 'insufficient-funds', { from: { posted: 150n, unreleased: 51n } }],
    ['when too much is held and not yet released', 'insufficient-funds', { from: { posted: 150n, held: 25n, unreleased: 26n } }],
    ['when the payer is closed', 'account-not-found', { from: { status: 'CLOSED', posted: 0n } }],
    ['when the payee is closed', 'account-not-found', { to: { status: 'CLOSED', posted: 0n } }],
    ['when the payee would hold one unit too many', 'limit-exceeded', { to: { posted: LARGEST_WIRE_AMOUNT - 99n } }],
  ];
  it.each(cases)('%s: %s', (_, code, each) => {
    const decision = decide(each);
    expect(decision).toMatchObject({
      refused: { code, detail: expect.stringMatching(/./) },
      transaction: { id: 'pay_1', status: 'REFUSED', code, createdAt: now },
    });
    expect(decision).not.toHaveProperty('posted');
  });

  const names: [string, Case][] = [
    ['a', { from: null }],
    ['b', { to: null }],
    ['a', { from: { status: 'FROZEN' } }],
    ['b', { to: { status: 'FROZEN' } }],
    ['a', { from: { currency: omr } }],
    ['b', { to: { currency: omr } }],
    ['a', { from: { posted: 0n } }],
    ['a', { from: { status: 'CLOSED', posted: 0n } }],
    ['b', { to: { status: 'CLOSED', posted: 0n } }],
  ];
  it.each(names)('with a detail that names the account at fault: %s', (name, each) => {
    expect(decide(each)).toMatchObject({ refused: { detail: expect.stringMatching(new RegExp(`account ${name}\\b`)) } });
  });
});

describe('a clock that was set back', () => {
  it.each(['from', 'to'] as const)('brings no entry before one that is there: %s', (side) => {
    const decision = decide({ [side]: { updatedAt: at(5_000) } });
    if (!('posted' in decision)) throw new Error(decision.refused.detail);
    expect(decision.posted.entries.map(({ createdAt }) => createdAt)).toEqual([at(5_000), at(5_000)]);
    expect(decision.posted.accounts.map(({ updatedAt }) => updatedAt)).toEqual([at(5_000), at(5_000)]);
  });

  it('spends no release before its time', () => {
    const decision = decide({ from: { releasedThrough: at(5_000) } });
    if (!('posted' in decision)) throw new Error(decision.refused.detail);
    expect(decision.transaction.createdAt).toEqual(at(5_000));
  });
});

describe('limits on a transfer', () => {
  const limited = (most: number, spent: number): Limited => ({
    limits: limitsWith({ per_day: { amount: most, currency: usd } }),
    usage: usageWith({ spentThatDay: [{ amount: BigInt(spent), currency: usd }] }),
  });
  const till = (most: number, spent: number): Client => ({
    ...{ id: 'till', limited: limited(most, spent), version: 3, createdAt: now, updatedAt: now },
  });

  it('count what leaves, and not what comes in', () => {
    const decision = decide({ from: { limited: limited(100, 0) }, to: { limited: limited(100, 100) } });
    expect(decision).toMatchObject({
      posted: {
        accounts: [
          { limited: { usage: { spentThatDay: [{ amount: 100n }] } } },
          { limited: { usage: { spentThatDay: [{ amount: 100n }] } } },
        ],
      },
    });
  });

  it.each(['transfer', 'refund'] as const)('refuse a %s that exceeds the payer’s, and count nothing', (kind) => {
    expect(decide({ from: { limited: limited(100, 1) }, order: { kind } })).toMatchObject({
      refused: { code: 'limit-exceeded', detail: expect.stringMatching(/^account a may spend at most 1.00 USD a day/) },
      transaction: { status: 'REFUSED', code: 'limit-exceeded' },
    });
  });

  it('of the client count beside the account’s', () => {
    const client = till(100, 0);
    expect(decide({ order: { client: 'till' }, client })).toMatchObject({
      clients: [{ id: 'till', version: 4, updatedAt: now, limited: { usage: { spentThatDay: [{ amount: 100n }] } } }],
    });
    expect(decide({ order: { client: 'till' }, client: till(100, 1) })).toMatchObject({
      refused: { code: 'limit-exceeded', detail: expect.stringMatching(/^client till may spend/) },
    });
  });

  it('cost nobody anything who has none', () => {
    expect(decide({ order: { client: 'till' } })).toMatchObject({ clients: [] });
    expect(decide({ order: { client: 'till' }, client: { ...till(1, 0), limited: undefined } })).toMatchObject({ clients: [] });
  });
});

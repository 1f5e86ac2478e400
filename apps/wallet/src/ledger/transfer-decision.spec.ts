import type { FailureCode } from '@falconpay/contracts/failure-codes';
import { currency } from '@falconpay/money/currency';
import { LARGEST_WIRE_AMOUNT } from '@falconpay/money/money';
import type { Account } from '../accounts/account.js';
import { decideTransfer, type TransferOrder } from './transfer-decision.js';

const [usd, omr] = [currency('USD'), currency('OMR')];
const now = new Date('2026-01-31T12:00:00.000Z');
const at = (ms: number) => new Date(now.getTime() + ms);
const account = (id: string, change: Partial<Account> = {}): Account => ({
  ...{ id, number: `number-${id}`, owner: 'Test', currency: usd, status: 'OPEN', posted: 100n, held: 0n, version: 7 },
  ...{ createdAt: at(-1_000), updatedAt: at(-1_000) },
  ...change,
});
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
}

function decide({ from = {}, to = {}, order = {} }: Case) {
  const accounts = [from === null ? [] : account('a', from), to === null ? [] : account('b', to)].flat();
  const find = (key: string) => accounts.find(({ id, number }) => id === key || number === key);
  return decideTransfer(orderOf(order), find, now);
}

describe('a transfer is posted', () => {
  const cases: [string, Case][] = [
    ['when the payer has exactly that much', {}],
    ['when the payer has more', { from: { posted: 101n } }],
    ['when what is held leaves exactly that much', { from: { posted: 150n, held: 50n } }],
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
  ];
  it.each(names)('with a detail that names the account at fault: %s', (name, each) => {
    expect(decide(each)).toMatchObject({ refused: { detail: expect.stringMatching(new RegExp(`account ${name}\\b`)) } });
  });
});

import fc from 'fast-check';
import { currency } from '@falconpay/money/currency';
import type { Rows } from '@falconpay/pipeline/use-case';
import { accountForSpecs } from '../../accounts/account-for-specs.js';
import type { Account } from '../../accounts/account.js';
import type { WalletRows } from '../../wallet-rows.js';
import type { LedgerTransaction } from '../ledger.js';
import type { TransferOrder } from '../transfer-decision.js';
import { postBulk } from './post-bulk.js';

const usd = currency('USD');
const now = new Date('2026-01-31T12:00:00.000Z');
const moment = { now, newId: (prefix: string) => `${prefix}_1`, newUuid: () => 'uuid' };

const accountOf = (posted: number, index: number): Account =>
  accountForSpecs(`acc_${index}`, now, { number: `n${index}`, posted: BigInt(posted), version: 3 });

/** The rows that were asked for, and no others. */
function rowsOf(
  orders: readonly TransferOrder[],
  accounts: readonly Account[],
  transactions: readonly LedgerTransaction[] = [],
): Rows<WalletRows> {
  const needs = postBulk.needs({ bulkId: 'blk_1', orders });
  return {
    get(table, key) {
      if (!needs[table]?.includes(key)) throw new Error(`${key} was not named in needs`);
      const found =
        table === 'accounts' ? accounts.find(({ id, number }) => id === key || number === key) : transactions.find(({ id }) => id === key);
      return found as never;
    },
  };
}

const decide = (orders: readonly TransferOrder[], accounts: readonly Account[]) =>
  postBulk.decide({ bulkId: 'blk_1', orders }, rowsOf(orders, accounts), moment);

const orderOf = (from: string, to: string, amount: number, index: number): TransferOrder => ({
  ...{ paymentId: `pay_${index}`, kind: 'transfer', from, to, amount: { amount: BigInt(amount), currency: usd }, reference: undefined },
  expiresAt: new Date(now.getTime() + 1),
});

/** Few accounts, by id or number, so that what one order brings another spends; now and then one that is not there. */
const key = (accounts: number) => fc.tuple(fc.constantFrom('acc_', 'n'), fc.nat(accounts)).map(([form, index]) => `${form}${index}`);
const bulks = fc.record({ balances: fc.array(fc.nat(60), { minLength: 2, maxLength: 5 }) }).chain(({ balances }) =>
  fc.record({
    accounts: fc.constant(balances.map(accountOf)),
    orders: fc
      .array(
        fc.tuple(
          key(balances.length - 1),
          fc.oneof({ weight: 30, arbitrary: key(balances.length - 1) }, { weight: 1, arbitrary: fc.constant('nobody') }),
          fc.integer({ min: 1, max: 30 }),
        ),
        { minLength: 1, maxLength: 12 },
      )
      .map((list) => list.map(([from, to, amount], index) => orderOf(from, to, amount, index))),
  }),
);

const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);

describe('an atomic bulk', () => {
  it('is posted whole or not at all; no money comes, goes or falls below zero on the way', () => {
    const seen = { posted: 0, refused: 0 };
    fc.assert(
      fc.property(bulks, ({ accounts, orders }) => {
        const { put, events = [] } = decide(orders, accounts);
        const [changed, transactions, entries] = [put?.accounts ?? [], put?.transactions ?? [], put?.entries ?? []];
        expect(transactions.map(({ id }) => id)).toEqual(orders.map(({ paymentId }) => paymentId));
        expect(events).toHaveLength(orders.length);
        const posted = transactions.filter(({ status }) => status === 'POSTED').length;
        expect([0, orders.length]).toContain(posted);
        expect(new Set(events.map(({ topic }) => topic.name))).toEqual(new Set([posted > 0 ? 'payment.completed' : 'payment.failed']));
        if (posted === 0) {
          seen.refused += 1;
          expect([changed, entries]).toEqual([[], []]);
          return;
        }
        seen.posted += 1;
        const after = accounts.map((before) => changed.find(({ id }) => id === before.id) ?? before);
        expect(sum(after.map((account) => account.posted))).toBe(sum(accounts.map((account) => account.posted)));
        expect(new Set(changed.map(({ id }) => id)).size).toBe(changed.length);
        for (const [index, account] of after.entries()) {
          const own = entries.filter(({ accountId }) => accountId === account.id);
          expect(account.posted).toBe((accounts[index]?.posted ?? 0n) + sum(own.map(({ amount }) => amount)));
          expect(account.version).toBe(3 + own.length);
          expect(own.map(({ accountVersion }) => accountVersion)).toEqual(own.map((_, place) => 4 + place));
          expect(own.every(({ balanceAfter = -1n }) => balanceAfter >= 0n)).toBe(true);
        }
        for (const order of orders)
          expect(sum(entries.filter(({ transactionId }) => transactionId === order.paymentId).map(({ amount }) => amount))).toBe(0n);
      }),
      { numRuns: 300 },
    );
    // Neither half of the property was idle.
    expect(Math.min(seen.posted, seen.refused)).toBeGreaterThan(20);
  });

  it('decides as each would be decided after the ones before it', () => {
    fc.assert(
      fc.property(bulks, ({ accounts, orders }) => {
        const balances = new Map(accounts.map(({ id, posted }) => [id, posted]));
        const idOf = (name: string) => accounts.find(({ id, number }) => id === name || number === name)?.id ?? '';
        const goes = orders.every(({ from, to, amount: { amount } }) => {
          const [payer, payee] = [idOf(from), idOf(to)];
          if (!balances.has(payee) || payer === payee || (balances.get(payer) ?? 0n) < amount) return false;
          balances.set(payer, (balances.get(payer) ?? 0n) - amount).set(payee, (balances.get(payee) ?? 0n) + amount);
          return true;
        });
        expect((decide(orders, accounts).put?.accounts ?? []).length > 0).toBe(goes);
      }),
      { numRuns: 300 },
    );
  });

  it('that is refused names the culprit to all, and gives it its own reason', () => {
    const accounts = [100, 0].map(accountOf);
    const orders = [orderOf('acc_0', 'n1', 10, 0), orderOf('n1', 'nobody', 5, 1), orderOf('acc_0', 'n1', 500, 2)];
    const { events = [] } = decide(orders, accounts);
    expect(events.map(({ data }) => data)).toEqual([
      {
        payment_id: 'pay_0',
        code: 'account-not-found',
        detail: 'the bulk is atomic, and its transfer 1 was refused: there is no account nobody',
      },
      { payment_id: 'pay_1', code: 'account-not-found', detail: 'there is no account nobody' },
      {
        payment_id: 'pay_2',
        code: 'account-not-found',
        detail: 'the bulk is atomic, and its transfer 1 was refused: there is no account nobody',
      },
    ]);
  });

  it('that the ledger knows already changes nothing', () => {
    const orders = [orderOf('acc_0', 'acc_1', 10, 0)];
    const known: LedgerTransaction = {
      id: 'pay_0',
      type: 'transfer',
      status: 'POSTED',
      code: undefined,
      reference: undefined,
      createdAt: now,
    };
    expect(postBulk.decide({ bulkId: 'blk_1', orders }, rowsOf(orders, [100, 0].map(accountOf), [known]), moment)).toEqual({});
  });

  it('weighs as much as it has members', () => {
    expect(
      postBulk.weightOf?.({ bulkId: 'blk_1', orders: Array.from({ length: 7 }, (_, index) => orderOf('acc_0', 'acc_1', 1, index)) }),
    ).toBe(7);
  });
});

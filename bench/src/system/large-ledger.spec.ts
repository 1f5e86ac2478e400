import pg from 'pg';
import { faultsInBooks } from '@falconpay/testing/books';
import { startSystem, type RunningSystem, type TestAccount } from '@falconpay/testing/running-system';
import { growLedger } from './large-ledger.js';

let system: RunningSystem;
let ledger: pg.Client;
let accounts: TestAccount[];
beforeAll(async () => {
  system = await startSystem({ name: 'large' });
  ledger = new pg.Client({ connectionString: system.local.databaseUrls['wallet'] });
  await ledger.connect();
  accounts = await Promise.all(Array.from({ length: 3 }, () => system.account('USD', 1_000)));
});
afterAll(async () => {
  await ledger?.end();
  await system?.stop();
});

const historyOf = async ({ id }: TestAccount) =>
  (await system.wallet.get(`/v1/accounts/${id}/transactions?limit=100`)).body.data as object[];

describe('a ledger that is grown for a measurement', () => {
  it('has as many entries more as were asked for, and books that agree with them', async () => {
    const ids = accounts.map(({ id }) => id);
    const count = async () => (await system.rowCounts('wallet'))['entries'] ?? 0;
    const before = await count();
    expect(await growLedger(ledger, ids, 120)).toBe(120);
    // Twice is allowed, and goes on where the first one ended.
    expect(await growLedger(ledger, ids, 60)).toBe(60);
    expect(await count()).toBe(before + 180);
    expect(await faultsInBooks(system)).toEqual([]);
  });

  it('goes on like any other', async () => {
    const [payer, payee] = accounts as [TestAccount, TestAccount];
    expect(await system.balance(payer.id)).toBe(1_000 + 30 * 7);
    expect(await system.transfer(payer.id, payee.id, 1_200)).toMatchObject({ status: 'COMPLETED' });
    expect(await historyOf(payer)).toMatchObject([
      { type: 'transfer', amount: -1_200, balance_after: 10 },
      ...Array.from({ length: 30 }, (_, index) => ({ type: 'opening', amount: 7, balance_after: 1_210 - index * 7 })),
      { type: 'deposit', amount: 1_000, balance_after: 1_000 },
    ]);
    expect(await faultsInBooks(system)).toEqual([]);
  });
});

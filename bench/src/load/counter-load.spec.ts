import pg from 'pg';
import { startSystem, type RunningSystem, type TestAccount } from '@falconpay/testing/running-system';
import { counterRequests, runCounterLoad, type CounterLoad, type CounterWork } from './counter-load.js';

let system: RunningSystem;
let database: pg.Client;
let accounts: TestAccount[];
beforeAll(async () => {
  system = await startSystem({ name: 'counterload' });
  database = new pg.Client({ connectionString: system.local.databaseUrls['wallet'] });
  await database.connect();
  accounts = await Promise.all([system.account('USD', 100_000), system.account('USD', 100_000)]);
});
afterAll(async () => {
  await database?.end();
  await system?.stop();
});

const loadOf = (work: CounterWork, count: number, releaseAt?: Date): CounterLoad => {
  const { url } = system.wallet;
  const ids = accounts.map(({ id }) => id);
  return { url, connections: 4, requests: counterRequests(url, ids, work, count, releaseAt), work, database };
};
const balances = async (): Promise<{ posted: number; unreleased: number }[]> =>
  Promise.all(accounts.map(async ({ id }) => (await system.wallet.get(`/v1/accounts/${id}/balance`)).body));

describe('a load at the counter', () => {
  it.each([
    ['deposit', 1],
    ['withdrawal', -1],
  ] as const)('posts every %s once, spread over the accounts', async (work, sign) => {
    const before = await balances();
    expect(await runCounterLoad(loadOf(work, 80))).toMatchObject({ transfers: 80 });
    const after = await balances();
    for (const [index, { posted }] of after.entries()) expect(sign * (posted - (before[index]?.posted ?? 0))).toBeGreaterThan(0);
  });

  it('can be of deposits that are not released', async () => {
    await runCounterLoad(loadOf('deposit', 40, new Date(Date.now() + 3_600_000)));
    for (const { unreleased } of await balances()) expect(unreleased).toBeGreaterThan(0);
  });

  it('counts for nothing when the ledger has not posted all of it', async () => {
    await expect(runCounterLoad({ ...loadOf('withdrawal', 40), work: 'deposit' })).rejects.toThrow('of 40 deposits 0 were posted');
  });

  it('ends with the first answer that is not the one expected', async () => {
    const tooMuch = counterRequests(system.wallet.url, ['nobody'], 'deposit', 10);
    await expect(runCounterLoad({ ...loadOf('deposit', 0), requests: tooMuch })).rejects.toThrow('answered with 404 instead of 201');
  });
});

import type { DataSource } from 'typeorm';
import { defineDatabase, openDatabase } from '@falconpay/postgres/database';
import { inTransaction } from '@falconpay/postgres/transaction';
import { createDatabase, type TestDatabase } from '@falconpay/testing/infrastructure';
import { CreateWallet1763683200000 } from '../migrations/1763683200000-create-wallet.js';
import { MakeWalletAProduct1764201600000 } from '../migrations/1764201600000-make-wallet-a-product.js';
import { amountsOf, limitsWith, usd } from '../rules/limits-for-specs.js';
import { newAccount, withAccountLimits } from './account.js';
import { accountsTable } from './account.table.js';

let database: TestDatabase;
let source: DataSource;
beforeAll(async () => {
  database = await createDatabase('accounts');
  source = defineDatabase({
    ...{ url: database.url, applicationName: 'spec' },
    migrations: [CreateWallet1763683200000, MakeWalletAProduct1764201600000],
  });
  await openDatabase(source, () => undefined);
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const at = new Date('2026-01-31T12:00:00.000Z');
const opened = (number: string) =>
  newAccount({ id: `acc_${'0'.repeat(25)}${number}`, number, owner: 'Test', currency: usd(1).currency }, at);

describe('an account', () => {
  it('is locked as it was written, with limits that were set in the commit that opened it', async () => {
    const limited = withAccountLimits(opened('1'), limitsWith({ per_day: amountsOf(usd(5))[0] }), at);
    const accounts = [limited, opened('2')];
    await inTransaction(source, (tx) => accountsTable.insert(tx, accounts));
    const locked = await inTransaction(source, async (tx) => accountsTable.lock?.(tx, ['1', accounts[1]?.id ?? '']));
    expect(locked).toEqual(accounts);
  });
});

import { inTransaction } from '@falconpay/postgres/transaction';
import { createDatabase } from '@falconpay/testing/infrastructure';
import { migratedForSpecs, type MigratedDatabase } from '../migrated-database-for-specs.js';
import { amountsOf, limitsWith, usd } from '../rules/limits-for-specs.js';
import { newAccount, withAccountLimits } from './account.js';
import { accountsTable } from './account.table.js';

let database: MigratedDatabase;
beforeAll(async () => {
  database = await migratedForSpecs(await createDatabase('accounts'));
});
afterAll(() => database?.drop());

const at = new Date('2026-01-31T12:00:00.000Z');
const opened = (number: string) =>
  newAccount({ id: `acc_${'0'.repeat(25)}${number}`, number, owner: 'Test', currency: usd(1).currency }, at);

describe('an account', () => {
  it('is locked as it was written, with limits that were set in the commit that opened it', async () => {
    const limited = withAccountLimits(opened('1'), limitsWith({ per_day: amountsOf(usd(5))[0] }), at);
    const accounts = [limited, opened('2')];
    await inTransaction(database.source, (tx) => accountsTable.insert(tx, accounts));
    const locked = await inTransaction(database.source, async (tx) => accountsTable.lock?.(tx, ['1', accounts[1]?.id ?? '']));
    expect(locked).toEqual(accounts);
  });
});

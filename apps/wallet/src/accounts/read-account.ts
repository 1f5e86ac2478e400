import type { DataSource } from 'typeorm';
import { Problem } from '@falconpay/http/problem';
import { read, type Statement } from '@falconpay/postgres/transaction';
import type { Account } from './account.js';
import { accountOf, type AccountRecord } from './account.table.js';

/** One row, by id or number. No lock: a reader never waits for a writer. */
const find: Statement = { name: 'find account', text: `select *, clock_timestamp() as now from accounts where id = $1 or number = $1` };

export interface AccountRead {
  readonly account: Account;
  /** When it was so, by the database's clock. */
  readonly asOf: Date;
}

export async function readAccount(source: DataSource, key: string): Promise<AccountRead> {
  const [record] = await read<AccountRecord & { now: Date }>(source, find, [key]);
  if (!record) throw new Problem('account-not-found', `There is no account ${key}.`);
  return { account: accountOf(record), asOf: record.now };
}

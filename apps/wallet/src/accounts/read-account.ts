import type { DataSource } from 'typeorm';
import { Problem } from '@falconpay/http/problem';
import { read, type Statement } from '@falconpay/postgres/transaction';
import { momentOn, withReleased, type Account } from './account.js';
import { accountOf, type AccountRecord } from './account.table.js';
import { clockNow } from './release.table.js';

/** One row, by id or number, and what has matured of it. No lock: a reader never waits for a writer. */
const find: Statement = {
  name: 'find account',
  text: `with ${clockNow}
    select accounts.*, clock.now, case when unreleased = 0 then 0 else (
      select coalesce(sum(amount), 0)::bigint from releases
      where account_id = accounts.id and release_at > released_through and release_at <= clock.now) end as matured
    from accounts cross join clock where id = $1 or number = $1`,
};

export interface AccountRead {
  readonly account: Account;
  /** When it was so, by the database's clock. */
  readonly asOf: Date;
}

export async function readAccount(source: DataSource, key: string): Promise<AccountRead> {
  const [record] = await read<AccountRecord & { now: Date; matured: bigint }>(source, find, [key]);
  if (!record) throw accountNotFound(key);
  const account = accountOf(record);
  return { account: withReleased(account, record.matured, record.now), asOf: momentOn(record.now, account) };
}

export const accountNotFound = (key: string): Problem => new Problem('account-not-found', `There is no account ${key}.`);

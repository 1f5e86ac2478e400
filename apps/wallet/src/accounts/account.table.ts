import type { Currency } from '@falconpay/money/currency';
import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText, updateById, type Columns } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';
import type { Account } from './account.js';
import type { AccountState } from './account.lifecycle.js';

export interface AccountRecord {
  readonly id: string;
  readonly number: string;
  readonly owner: string;
  readonly currency: Currency;
  readonly status: AccountState;
  readonly posted: bigint;
  readonly held: bigint;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export const accountOf = (record: AccountRecord): Account => ({
  id: record.id,
  number: record.number,
  owner: record.owner,
  currency: record.currency,
  status: record.status,
  posted: record.posted,
  held: record.held,
  version: record.version,
  createdAt: record.created_at,
  updatedAt: record.updated_at,
});

const changing: Columns<Account> = {
  status: { type: 'text', of: (account) => account.status },
  posted: { type: 'bigint', of: (account) => account.posted },
  held: { type: 'bigint', of: (account) => account.held },
  updated_at: { type: 'timestamptz', of: (account) => timeText(account.updatedAt) },
};

const id = { type: 'text', of: (account: Account) => account.id };

const lockByIdOrNumber: Statement = {
  name: 'lock accounts',
  text: `select * from accounts where id = any($1) or number = any($2) order by id for update`,
};

export const accountIdPattern = /^acc_[0-9a-hjkmnp-tv-z]{26}$/;

export const accountsTable: Table<Account> = {
  keysOf: (account) => [account.id, account.number],
  lock: async (tx, keys) => {
    const ids = keys.filter((key) => accountIdPattern.test(key));
    const numbers = keys.filter((key) => !accountIdPattern.test(key));
    return (await tx.query<AccountRecord>(lockByIdOrNumber, [ids, numbers])).map(accountOf);
  },
  insert: insertInto<Account>('accounts', {
    id,
    number: { type: 'text', of: (account) => account.number },
    owner: { type: 'text', of: (account) => account.owner },
    currency: { type: 'text', of: (account) => account.currency },
    ...changing,
    version: { type: 'int', of: (account) => account.version },
    created_at: { type: 'timestamptz', of: (account) => timeText(account.createdAt) },
  }),
  update: updateById<Account>('accounts', id, changing),
};

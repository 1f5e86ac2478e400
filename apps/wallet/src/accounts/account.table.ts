import type { Currency } from '@falconpay/money/currency';
import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText, updateById, type Columns } from '@falconpay/postgres/set-based';
import type { Statement, Transaction } from '@falconpay/postgres/transaction';
import { limitedColumns, limitedOf, type LimitedRecord } from '../rules/limited-columns.js';
import { withReleased, type Account } from './account.js';
import type { AccountState } from './account.lifecycle.js';
import { maturedReleases } from './release.table.js';

export interface AccountRecord extends LimitedRecord {
  readonly id: string;
  readonly number: string;
  readonly owner: string;
  readonly currency: Currency;
  readonly status: AccountState;
  readonly posted: bigint;
  readonly held: bigint;
  readonly unreleased: bigint;
  readonly released_through: Date;
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
  unreleased: record.unreleased,
  releasedThrough: record.released_through,
  limited: limitedOf(record),
  version: record.version,
  createdAt: record.created_at,
  updatedAt: record.updated_at,
});

const changing: Columns<Account> = {
  status: { type: 'text', of: (account) => account.status },
  posted: { type: 'bigint', of: (account) => account.posted },
  held: { type: 'bigint', of: (account) => account.held },
  unreleased: { type: 'bigint', of: (account) => account.unreleased },
  released_through: { type: 'timestamptz', of: (account) => timeText(account.releasedThrough) },
  updated_at: { type: 'timestamptz', of: (account) => timeText(account.updatedAt) },
};

const id = { type: 'text', of: (account: Account) => account.id };

const lockByIdOrNumber: Statement = {
  name: 'lock accounts',
  text: `select * from accounts where id = any($1) or number = any($2) order by id for update`,
};

/** What was to be released by now is released: the use cases see it so, and what they write says so. Few accounts wait for any. */
async function asOfNow(tx: Transaction, accounts: Account[]): Promise<Account[]> {
  const waiting = accounts.filter(({ unreleased }) => unreleased > 0n);
  if (waiting.length === 0) return accounts;
  const matured = await maturedReleases(tx, waiting);
  return accounts.map((account) => {
    const due = matured.get(account.id);
    return due && due.amount > 0n ? withReleased(account, due.amount, due.through) : account;
  });
}

const update = updateById<Account>('accounts', id, changing);
/** For a commit in which an account with limits spends, or is given some: the others do not carry two columns of nothing. */
const updateWithLimits = updateById<Account>('accounts', id, { ...changing, ...limitedColumns }, ' with limits');

export const accountIdPattern = /^acc_[0-9a-hjkmnp-tv-z]{26}$/;

export const accountsTable: Table<Account> = {
  keysOf: (account) => [account.id, account.number],
  lock: async (tx, keys) => {
    const ids = keys.filter((key) => accountIdPattern.test(key));
    const numbers = keys.filter((key) => !accountIdPattern.test(key));
    return asOfNow(tx, (await tx.query<AccountRecord>(lockByIdOrNumber, [ids, numbers])).map(accountOf));
  },
  insert: insertInto<Account>('accounts', {
    id,
    number: { type: 'text', of: (account) => account.number },
    owner: { type: 'text', of: (account) => account.owner },
    currency: { type: 'text', of: (account) => account.currency },
    ...changing,
    // Whoever opens an account may limit it in the same commit.
    ...limitedColumns,
    version: { type: 'int', of: (account) => account.version },
    created_at: { type: 'timestamptz', of: (account) => timeText(account.createdAt) },
  }),
  update: (tx, changes) =>
    changes.some(({ before, after }) => before.limited !== after.limited) ? updateWithLimits(tx, changes) : update(tx, changes),
};

import type { Currency } from '@falconpay/money/currency';
import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText, updateById, type Columns } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';
import type { Hold, HoldSource } from './hold.js';
import type { HoldState } from './hold.lifecycle.js';

export interface HoldRecord {
  readonly id: string;
  readonly account_id: string;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly status: HoldState;
  readonly captured: bigint;
  readonly counter_account: string;
  readonly reference: string | null;
  readonly source: HoldSource;
  readonly expires_at: Date | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly ended_at: Date | null;
}

export const holdOf = (record: HoldRecord): Hold => ({
  id: record.id,
  accountId: record.account_id,
  amount: record.amount,
  currency: record.currency,
  status: record.status,
  captured: record.captured,
  counterAccount: record.counter_account,
  reference: record.reference ?? undefined,
  source: record.source,
  expiresAt: record.expires_at ?? undefined,
  version: record.version,
  createdAt: record.created_at,
  updatedAt: record.updated_at,
  endedAt: record.ended_at ?? undefined,
});

const timeOrNull = (time: Date | undefined): string | null => (time ? timeText(time) : null);

const changing: Columns<Hold> = {
  status: { type: 'text', of: (hold) => hold.status },
  captured: { type: 'bigint', of: (hold) => hold.captured },
  counter_account: { type: 'text', of: (hold) => hold.counterAccount },
  expires_at: { type: 'timestamptz', of: (hold) => timeOrNull(hold.expiresAt) },
  updated_at: { type: 'timestamptz', of: (hold) => timeText(hold.updatedAt) },
  ended_at: { type: 'timestamptz', of: (hold) => timeOrNull(hold.endedAt) },
};

const id = { type: 'text', of: (hold: Hold) => hold.id };

const lockById: Statement = { name: 'lock holds', text: `select * from holds where id = any($1) order by id for update` };

export const holdsTable: Table<Hold> = {
  keysOf: (hold) => [hold.id],
  lock: async (tx, ids) => (await tx.query<HoldRecord>(lockById, [ids])).map(holdOf),
  insert: insertInto<Hold>('holds', {
    id,
    account_id: { type: 'text', of: (hold) => hold.accountId },
    amount: { type: 'bigint', of: (hold) => hold.amount },
    currency: { type: 'text', of: (hold) => hold.currency },
    reference: { type: 'text', of: (hold) => hold.reference ?? null },
    source: { type: 'text', of: (hold) => hold.source },
    ...changing,
    version: { type: 'int', of: (hold) => hold.version },
    created_at: { type: 'timestamptz', of: (hold) => timeText(hold.createdAt) },
  }),
  update: updateById<Hold>('holds', id, changing),
};

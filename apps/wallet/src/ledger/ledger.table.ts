import type { FailureCode } from '@falconpay/contracts/failure-codes';
import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';
import type { Entry, LedgerTransaction, TransactionType } from './ledger.js';

interface TransactionRecord {
  readonly id: string;
  readonly type: TransactionType;
  readonly status: LedgerTransaction['status'];
  readonly code: FailureCode | null;
  readonly reference: string | null;
  readonly created_at: Date;
}

const transactionOf = ({ code, reference, created_at, ...same }: TransactionRecord): LedgerTransaction => ({
  ...same,
  code: code ?? undefined,
  reference: reference ?? undefined,
  createdAt: created_at,
});

// Transactions never change, so there is nothing to lock: a race to insert one is settled by its primary key.
const find: Statement = { name: 'find transactions', text: `select * from transactions where id = any($1)` };

export const transactionsTable: Table<LedgerTransaction> = {
  keysOf: (transaction) => [transaction.id],
  lock: async (tx, ids) => (await tx.query<TransactionRecord>(find, [ids])).map(transactionOf),
  insert: insertInto<LedgerTransaction>('transactions', {
    id: { type: 'text', of: (transaction) => transaction.id },
    type: { type: 'text', of: (transaction) => transaction.type },
    status: { type: 'text', of: (transaction) => transaction.status },
    code: { type: 'text', of: (transaction) => transaction.code ?? null },
    reference: { type: 'text', of: (transaction) => transaction.reference ?? null },
    created_at: { type: 'timestamptz', of: (transaction) => timeText(transaction.createdAt) },
  }),
};

export const entriesTable: Table<Entry> = {
  keysOf: () => [],
  insert: insertInto<Entry>('entries', {
    account_id: { type: 'text', of: (entry) => entry.accountId },
    transaction_id: { type: 'text', of: (entry) => entry.transactionId },
    type: { type: 'text', of: (entry) => entry.type },
    amount: { type: 'bigint', of: (entry) => entry.amount },
    currency: { type: 'text', of: (entry) => entry.currency },
    balance_after: { type: 'bigint', of: (entry) => entry.balanceAfter ?? null },
    account_version: { type: 'int', of: (entry) => entry.accountVersion ?? null },
    reference: { type: 'text', of: (entry) => entry.reference ?? null },
    created_at: { type: 'timestamptz', of: (entry) => timeText(entry.createdAt) },
  }),
};

import type { FailureCode } from '@falconpay/contracts/failure-codes';
import type { Currency } from '@falconpay/money/currency';
import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText, updateById, type Columns } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';
import type { Transfer } from './transfer.js';
import { transferLifecycle, type TransferState } from './transfer.lifecycle.js';

export interface TransferRecord {
  readonly id: string;
  readonly client: string;
  readonly kind: Transfer['kind'];
  readonly refund_of: string | null;
  readonly status: TransferState;
  readonly from_account: string;
  readonly to_account: string;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly reference: string | null;
  readonly description: string | null;
  readonly metadata: Record<string, string> | null;
  readonly client_reference: string | null;
  readonly bulk_id: string | null;
  readonly expires_at: Date;
  readonly failure_code: FailureCode | null;
  readonly failure_detail: string | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export function transferOf(record: TransferRecord): Transfer {
  return {
    id: record.id,
    client: record.client,
    kind: record.kind,
    refundOf: record.refund_of ?? undefined,
    status: record.status,
    from: record.from_account,
    to: record.to_account,
    amount: { amount: record.amount, currency: record.currency },
    reference: record.reference ?? undefined,
    description: record.description ?? undefined,
    metadata: record.metadata ?? undefined,
    clientReference: record.client_reference ?? undefined,
    bulkId: record.bulk_id ?? undefined,
    expiresAt: record.expires_at,
    failure: record.failure_code === null ? undefined : { code: record.failure_code, detail: record.failure_detail ?? '' },
    version: record.version,
    createdAt: record.created_at,
    updatedAt: record.updated_at,
  };
}

const id = { type: 'text', of: (transfer: Transfer) => transfer.id };

const changing: Columns<Transfer> = {
  status: { type: 'text', of: (transfer) => transfer.status },
  failure_code: { type: 'text', of: (transfer) => transfer.failure?.code ?? null },
  failure_detail: { type: 'text', of: (transfer) => transfer.failure?.detail ?? null },
  updated_at: { type: 'timestamptz', of: (transfer) => timeText(transfer.updatedAt) },
};

const lock: Statement = { name: 'lock transfers', text: `select * from transfers where id = any($1) order by id for update` };

const insertTransfers = insertInto<Transfer>('transfers', {
  id,
  client: { type: 'text', of: (transfer) => transfer.client },
  kind: { type: 'text', of: (transfer) => transfer.kind },
  refund_of: { type: 'text', of: (transfer) => transfer.refundOf ?? null },
  from_account: { type: 'text', of: (transfer) => transfer.from },
  to_account: { type: 'text', of: (transfer) => transfer.to },
  amount: { type: 'bigint', of: (transfer) => transfer.amount.amount },
  currency: { type: 'text', of: (transfer) => transfer.amount.currency },
  reference: { type: 'text', of: (transfer) => transfer.reference ?? null },
  description: { type: 'text', of: (transfer) => transfer.description ?? null },
  metadata: { type: 'jsonb', of: (transfer) => (transfer.metadata ? JSON.stringify(transfer.metadata) : null) },
  client_reference: { type: 'text', of: (transfer) => transfer.clientReference ?? null },
  bulk_id: { type: 'text', of: (transfer) => transfer.bulkId ?? null },
  expires_at: { type: 'timestamptz', of: (transfer) => timeText(transfer.expiresAt) },
  ...changing,
  version: { type: 'int', of: (transfer) => transfer.version },
  created_at: { type: 'timestamptz', of: (transfer) => timeText(transfer.createdAt) },
});
const updateTransfers = updateById<Transfer>('transfers', id, changing);

const listAsOpen = insertInto<Transfer>('open_transfers', { id });
const unlist: Statement = { name: 'unlist open transfers', text: `delete from open_transfers where id = any($1)` };

export const transfersTable: Table<Transfer> = {
  keysOf: (transfer) => [transfer.id],
  lock: async (tx, ids) => (await tx.query<TransferRecord>(lock, [ids])).map(transferOf),
  insert: async (tx, transfers) => {
    await Promise.all([insertTransfers(tx, transfers), listAsOpen(tx, transfers)]);
  },
  update: async (tx, changes) => {
    const ended = changes.flatMap(({ after }) => (transferLifecycle.isTerminal(after.status) ? [after.id] : []));
    await Promise.all([updateTransfers(tx, changes), ended.length > 0 ? tx.query(unlist, [ended]) : undefined]);
  },
};

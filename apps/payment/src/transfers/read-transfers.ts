import { transferOf, type TransferRecord } from './transfer.table.js';
import { transferView, type TransferView } from './transfer-view.js';

/** A transfer with what has been refunded of it, as all reading statements give it. */
export interface ReadTransfer extends TransferRecord {
  readonly refunded: bigint | null;
  readonly now: Date;
}

/** `sql` selects rows of `transfers`. */
export const withRefunds = (sql: string): string =>
  `select found.*, totals.refunded, clock_timestamp() as now from (${sql}) as found left join refund_totals totals on totals.id = found.id`;

export const viewOf = (record: ReadTransfer): TransferView => transferView(transferOf(record), record.now, record.refunded ?? 0n);

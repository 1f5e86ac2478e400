import type { Table } from '@falconpay/pipeline/table';
import { insertInto, updateById, type Columns } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';
import type { RefundTotal } from './refund.js';

const id = { type: 'text', of: (total: RefundTotal) => total.id };
const changing: Columns<RefundTotal> = { refunded: { type: 'bigint', of: (total) => total.refunded } };

// Who hears of a refund's end knows the refund, not what it refunds: a key may be the id of either. The ids are one list,
// found before anything is locked: joined to a row that somebody else has just changed, they would be lost with the row.
const lock: Statement = {
  name: 'lock refund totals',
  text: `select id, amount, refunded, version,
      array(select refund.id from transfers refund where refund.id = any($1) and refund.refund_of = refund_totals.id) as refunds
    from refund_totals where id = any(array(
      select unnest($1::text[]) union all select refund_of from transfers where id = any($1) and refund_of is not null))
    order by id for update`,
};

/**
 * Beside the transfers, which are never touched again once they have ended; and only of those that were refunded. Two first
 * refunds of one transfer cannot both insert: each has locked the transfer.
 */
export const refundTotalsTable: Table<RefundTotal> = {
  keysOf: ({ id: of, refunds = [] }) => [of, ...refunds],
  lock: (tx, keys) => tx.query<RefundTotal>(lock, [keys]),
  insert: insertInto<RefundTotal>('refund_totals', {
    id,
    amount: { type: 'bigint', of: (total) => total.amount },
    ...changing,
    version: { type: 'int', of: (total) => total.version },
  }),
  update: updateById<RefundTotal>('refund_totals', id, changing),
};

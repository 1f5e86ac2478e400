import type { JsonSchema } from '@falconpay/http/endpoint-docs';
import { toWireInteger } from '@falconpay/money/money';
import type { TransactionType } from '../ledger/ledger.js';
import type { HistoryRecord } from './history.query.js';

export type TransactionView = ReturnType<typeof transactionView>;

/** All there are: the compiler says when one is missing. */
export const transactionTypes = Object.keys({
  transfer: true,
  refund: true,
  deposit: true,
  withdrawal: true,
  capture: true,
  shortage: true,
  redemption: true,
  opening: true,
} satisfies Record<TransactionType, true>);

/** One line of an account's history. Its source is what caused it, by the id under which that can be asked for. */
export const transactionView = (record: HistoryRecord) => ({
  id: `ent_${record.id}`,
  type: record.type,
  amount: toWireInteger(record.amount),
  currency: record.currency,
  balance_after: record.balance_after === null ? undefined : toWireInteger(record.balance_after),
  reference: record.reference ?? undefined,
  source: { type: sourceOf(record), id: record.transaction_id },
  created_at: record.created_at.toISOString(),
});

const sagas: Readonly<Record<string, string>> = { wdr: 'withdrawal', pyo: 'payout' };

/** What is captured belongs to a hold, or to the saga that placed it: both are known by how their ids begin. */
function sourceOf({ type, transaction_id: id }: HistoryRecord): string {
  if (type !== 'capture' && type !== 'shortage') return type;
  return sagas[id.slice(0, 3)] ?? 'hold';
}

/** A transaction as the documentation shows it; `transactionView` makes it. */
export const transactionSchema: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', pattern: '^ent_\\d+$' },
    type: { enum: transactionTypes },
    amount: { type: 'integer', format: 'int64', description: 'Minor units; below zero when it left the account' },
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
    balance_after: {
      type: 'integer',
      format: 'int64',
      description: 'The account’s posted balance with this line; the bank’s own have none',
    },
    reference: { type: 'string' },
    source: {
      type: 'object',
      properties: { type: { type: 'string', description: 'transfer, refund, deposit, withdrawal, hold …' }, id: { type: 'string' } },
      required: ['type', 'id'],
    },
    created_at: { type: 'string', format: 'date-time' },
  },
  required: ['id', 'type', 'amount', 'currency', 'source', 'created_at'],
};

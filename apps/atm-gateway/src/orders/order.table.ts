import type { Currency } from '@falconpay/money/currency';
import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText, updateById, type Columns } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';
import { isOver } from './is-over.js';
import type { Order, OrderKind } from './order.js';

export interface OrderRecord {
  readonly id: string;
  readonly kind: OrderKind;
  readonly client: string;
  readonly account: string;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly partner: string;
  readonly iban: string | null;
  readonly bic: string | null;
  readonly reference: string | null;
  readonly card_token: string | null;
  readonly reversal_id: string | null;
  readonly status: Order['status'];
  readonly account_id: string | null;
  readonly expires_at: Date;
  readonly sent_at: Date | null;
  readonly paid: bigint | null;
  readonly failure_code: string | null;
  readonly failure_detail: string | null;
  readonly failure_reason: string | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export const orderOf = (record: OrderRecord): Order => ({
  id: record.id,
  kind: record.kind,
  client: record.client,
  account: record.account,
  amount: { amount: record.amount, currency: record.currency },
  partner: record.partner,
  beneficiary:
    record.iban === null ? undefined : { iban: record.iban, bic: record.bic ?? undefined, reference: record.reference ?? undefined },
  cardToken: record.card_token ?? undefined,
  reversalId: record.reversal_id ?? undefined,
  status: record.status,
  accountId: record.account_id ?? undefined,
  expiresAt: record.expires_at,
  sentAt: record.sent_at ?? undefined,
  paid: record.paid ?? undefined,
  failure:
    record.failure_code === null
      ? undefined
      : { code: record.failure_code, detail: record.failure_detail ?? '', reason: record.failure_reason ?? undefined },
  version: record.version,
  createdAt: record.created_at,
  updatedAt: record.updated_at,
});

const id = { type: 'text', of: (order: Order) => order.id };

const changing: Columns<Order> = {
  status: { type: 'text', of: (order) => order.status },
  account_id: { type: 'text', of: (order) => order.accountId ?? null },
  expires_at: { type: 'timestamptz', of: (order) => timeText(order.expiresAt) },
  sent_at: { type: 'timestamptz', of: (order) => (order.sentAt ? timeText(order.sentAt) : null) },
  paid: { type: 'bigint', of: (order) => order.paid ?? null },
  failure_code: { type: 'text', of: (order) => order.failure?.code ?? null },
  failure_detail: { type: 'text', of: (order) => order.failure?.detail ?? null },
  failure_reason: { type: 'text', of: (order) => order.failure?.reason ?? null },
  reversal_id: { type: 'text', of: (order) => order.reversalId ?? null },
  updated_at: { type: 'timestamptz', of: (order) => timeText(order.updatedAt) },
};

const lock: Statement = { name: 'lock orders', text: `select * from orders where id = any($1) order by id for update` };
const unlist: Statement = { name: 'unlist open orders', text: `delete from open_orders where id = any($1)` };

const insertOrders = insertInto<Order>('orders', {
  id,
  kind: { type: 'text', of: (order) => order.kind },
  client: { type: 'text', of: (order) => order.client },
  account: { type: 'text', of: (order) => order.account },
  amount: { type: 'bigint', of: (order) => order.amount.amount },
  currency: { type: 'text', of: (order) => order.amount.currency },
  partner: { type: 'text', of: (order) => order.partner },
  iban: { type: 'text', of: (order) => order.beneficiary?.iban ?? null },
  bic: { type: 'text', of: (order) => order.beneficiary?.bic ?? null },
  reference: { type: 'text', of: (order) => order.beneficiary?.reference ?? null },
  card_token: { type: 'text', of: (order) => order.cardToken ?? null },
  ...changing,
  version: { type: 'int', of: (order) => order.version },
  created_at: { type: 'timestamptz', of: (order) => timeText(order.createdAt) },
});
const updateOrders = updateById<Order>('orders', id, changing);
const listAsOpen = insertInto<Order>('open_orders', { id });

/** What is not over stands in a list of its own beside the table, so that no index has to know an order's status. */
export const ordersTable: Table<Order> = {
  keysOf: (order) => [order.id],
  lock: async (tx, ids) => (await tx.query<OrderRecord>(lock, [ids])).map(orderOf),
  insert: async (tx, orders) => {
    await Promise.all([insertOrders(tx, orders), listAsOpen(tx, orders)]);
  },
  update: async (tx, changes) => {
    const [ended, reopened]: [string[], Order[]] = [[], []];
    for (const { before, after } of changes) {
      if (isOver(after.status) && !isOver(before.status)) ended.push(after.id);
      if (isOver(before.status) && !isOver(after.status)) reopened.push(after);
    }
    await Promise.all([
      updateOrders(tx, changes),
      ended.length > 0 ? tx.query(unlist, [ended]) : undefined,
      reopened.length > 0 ? listAsOpen(tx, reopened) : undefined,
    ]);
  },
};

import type { Table } from '@falconpay/pipeline/table';
import { read, type Statement } from '@falconpay/postgres/transaction';
import type { DataSource } from 'typeorm';
import { payoutQueueKey, type PayoutQueue } from './payout-queue.js';

/** One instance at a time lets payouts in; whoever sends them, or closes them, waits for nobody here. */
const lock: Statement = { name: 'lock payout queue', text: `select pg_advisory_xact_lock(hashtext('falconpay payouts'))` };

const waitingSql = `select partner, count(*)::int as waiting from open_orders join orders using (id)
  where open_orders.id >= 'pyo_' and open_orders.id < 'pyo\`' and status in ('REQUESTED', 'RESERVED', 'ACTING') group by partner`;

/** For a look without the lock. */
export const countWaiting: Statement = { name: 'count waiting payouts', text: waitingSql };
const countBanks: Statement = { name: 'count banks', text: `select count(*)::int as banks from partners where kind = 'bank'` };

async function queueBy(query: <Row extends object>(statement: Statement) => Promise<Row[]>): Promise<PayoutQueue> {
  const [waiting, [known]] = await Promise.all([
    query<{ partner: string; waiting: number }>(countWaiting),
    query<{ banks: number }>(countBanks),
  ]);
  const perBank = new Map(waiting.map(({ partner, waiting: count }) => [partner, count]));
  return { key: payoutQueueKey, perBank, banks: known?.banks ?? 0 };
}

/** As it is at this moment, for whoever only wants to know. */
export const lookAtQueue = (source: DataSource): Promise<PayoutQueue> => queueBy((statement) => read(source, statement));

/**
 * No table of its own: the orders that are open are the queue, and are counted once the lock is held. So nothing has to be kept in
 * step with them, and a crash leaves nothing behind.
 */
export const payoutQueueTable: Table<PayoutQueue> = {
  keysOf: ({ key }) => [key],
  lock: async (tx) => {
    const [, queue] = await Promise.all([tx.query(lock), queueBy((statement) => tx.query(statement))]);
    return [queue];
  },
  insert: () => Promise.reject(new TypeError('the queue is there')),
  // What changed it is written with the orders.
  update: () => Promise.resolve(),
};

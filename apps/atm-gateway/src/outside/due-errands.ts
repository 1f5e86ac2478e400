import type { DataSource } from 'typeorm';
import { read, type Statement } from '@falconpay/postgres/transaction';
import type { Hint } from './errand-worker.timer.js';
import type { ErrandStep } from './errand.js';

const find: Statement = {
  name: 'due errands',
  text: `select id, kind, partner, step from errands
    where due_at <= clock_timestamp() and partner || case step when 'command' then '/command' else '/question' end <> all ($1)
    order by due_at limit $2`,
};

interface DueRecord {
  readonly id: string;
  readonly kind: string;
  readonly partner: string;
  readonly step: ErrandStep;
}

/** By the database's clock, the longest due first; partners that have a queue already are left out. */
export const dueErrands =
  (source: DataSource) =>
  async (without: readonly string[], limit: number): Promise<Hint[]> => {
    const due = await read<DueRecord>(source, find, [without, limit]);
    return due.map(({ id, kind, partner, step }) => ({ orderId: id, kind, partner, isCommand: step === 'command' }));
  };

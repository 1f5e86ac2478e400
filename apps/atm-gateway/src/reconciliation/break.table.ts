import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText, updateById, type Columns } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';
import { breakKey, type Break } from './break.js';

export interface BreakRecord extends Omit<Break, 'createdAt' | 'updatedAt'> {
  readonly created_at: Date;
  readonly updated_at: Date;
}

export const breakOf = ({ created_at, updated_at, ...same }: BreakRecord): Break => ({
  ...same,
  createdAt: created_at,
  updatedAt: updated_at,
});

const id = { type: 'text', of: (each: Break) => each.id };

const changing: Columns<Break> = {
  class: { type: 'text', of: (each) => each.class },
  detail: { type: 'text', of: (each) => each.detail },
  status: { type: 'text', of: (each) => each.status },
  updated_at: { type: 'timestamptz', of: (each) => timeText(each.updatedAt) },
};

/** By their names, which have the partner and the item in them. */
const lock: Statement = {
  name: 'lock breaks',
  text: `select * from breaks where kind || '/' || partner || '/' || item = any($1) order by kind, partner, item for update`,
};

export const breaksTable: Table<Break> = {
  keysOf: (each) => [breakKey(each)],
  lock: async (tx, keys) => (await tx.query<BreakRecord>(lock, [keys])).map(breakOf),
  insert: insertInto<Break>('breaks', {
    id,
    kind: { type: 'text', of: (each) => each.kind },
    partner: { type: 'text', of: (each) => each.partner },
    item: { type: 'text', of: (each) => each.item },
    date: { type: 'text', of: (each) => each.date },
    ...changing,
    version: { type: 'int', of: (each) => each.version },
    created_at: { type: 'timestamptz', of: (each) => timeText(each.createdAt) },
  }),
  update: updateById<Break>('breaks', id, changing),
};

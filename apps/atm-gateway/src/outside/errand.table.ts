import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText, updateById, type Columns } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';
import type { Errand, ErrandStep } from './errand.js';

interface ErrandRecord {
  readonly id: string;
  readonly kind: string;
  readonly partner: string;
  readonly step: ErrandStep;
  readonly due_at: Date;
  readonly tries: number;
  readonly version: number;
}

const errandOf = ({ id: orderId, due_at, ...same }: ErrandRecord): Errand => ({ ...same, orderId, dueAt: due_at });

const id = { type: 'text', of: (errand: Errand) => errand.orderId };

const changing: Columns<Errand> = {
  step: { type: 'text', of: (errand) => errand.step },
  due_at: { type: 'timestamptz', of: (errand) => (errand.dueAt ? timeText(errand.dueAt) : null) },
  tries: { type: 'int', of: (errand) => errand.tries },
};

const lock: Statement = { name: 'lock errands', text: `select * from errands where id = any($1) order by id for update` };
const forget: Statement = { name: 'delete errands', text: `delete from errands where id = any($1)` };

const insert = insertInto<Errand>('errands', {
  id,
  kind: { type: 'text', of: (errand) => errand.kind },
  partner: { type: 'text', of: (errand) => errand.partner },
  ...changing,
  version: { type: 'int', of: (errand) => errand.version },
});
const update = updateById<Errand>('errands', id, changing);

/** What is done is no errand any more: its row goes. */
export const errandsTable: Table<Errand> = {
  keysOf: (errand) => [errand.orderId],
  lock: async (tx, ids) => (await tx.query<ErrandRecord>(lock, [ids])).map(errandOf),
  insert: (tx, errands) =>
    insert(
      tx,
      errands.filter(({ dueAt }) => dueAt),
    ),
  update: async (tx, changes) => {
    const doneIds = changes.flatMap(({ after }) => (after.dueAt ? [] : [after.orderId]));
    await Promise.all([
      update(
        tx,
        changes.filter(({ after }) => after.dueAt),
      ),
      doneIds.length > 0 ? tx.query(forget, [doneIds]) : undefined,
    ]);
  },
};

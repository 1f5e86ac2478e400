import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';
import type { SagaMark } from './open-saga.js';

const list = insertInto<SagaMark>(
  'open_sagas',
  {
    saga_id: { type: 'text', of: (mark) => mark.sagaId },
    at: { type: 'timestamptz', of: (mark) => timeText(mark.at) },
  },
  'on conflict (saga_id) do update set at = greatest(open_sagas.at, excluded.at)',
);

const unlist: Statement = {
  name: 'unlist open sagas',
  text: `delete from open_sagas using unnest($1::text[], $2::timestamptz[]) as over(saga_id, at)
    where open_sagas.saga_id = over.saga_id and open_sagas.at <= over.at`,
};

/**
 * Most sagas begin and end within one commit of ours, and are never listed. The rest is approximate, since topics overtake each
 * other: whoever reads the list looks at the events themselves, and takes off what has ended.
 */
export const openSagasTable: Table<SagaMark> = {
  keysOf: () => [],
  insert: async (tx, marks) => {
    const latest = new Map<string, SagaMark>();
    for (const mark of marks) {
      const known = latest.get(mark.sagaId);
      if (!known || known.at < mark.at || (known.at <= mark.at && !mark.isOpen)) latest.set(mark.sagaId, mark);
    }
    const [open, over] = [true, false].map((isOpen) => [...latest.values()].filter((mark) => mark.isOpen === isOpen));
    // Two instances that list the same sagas do so in one order.
    await list(
      tx,
      (open ?? []).sort((one, other) => (one.sagaId < other.sagaId ? -1 : 1)),
    );
    if (over && over.length > 0) await tx.query(unlist, [over.map(({ sagaId }) => sagaId), over.map(({ at }) => timeText(at))]);
  },
};

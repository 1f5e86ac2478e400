import type { DataSource } from 'typeorm';
import { read, type Statement } from '@falconpay/postgres/transaction';
import { orderOf, type OrderRecord } from '../orders/order.table.js';
import { dayBefore, endOf, startOf } from './business-day.js';
import type { Sides } from './compare-record.js';
import { ourItemOf } from './our-item.js';
import type { DayRecord } from './read-record.js';
import type { RecordLine } from './record-line.js';
import type { RecordPlace } from './taken-record.js';

export interface Found {
  readonly sides: Sides;
  /** Of the record of the day before, if that is here. */
  readonly lastSeqBefore: number | undefined;
  /** By our clock the day is over: what its record does not tell, it never will. */
  readonly isOver: boolean;
}

const records: Statement = {
  name: 'records of a partner',
  text: `select clock_timestamp() as now,
      (select max(date) from records where kind = $1 and partner = $2 and taken_at >= (date::date + 1)::timestamp at time zone 'UTC') as through,
      (select last_seq from records where kind = $1 and partner = $2 and date = $3) as last_seq_before`,
};

const brokenBefore: Statement = {
  name: 'open breaks of a partner',
  text: `select item from breaks where status = 'OPEN' and kind = $1 and partner = $2`,
};

/** Orders of that partner by id, and those sent within the day; an id tells roughly when an order was accepted. */
const ours: Statement = {
  name: 'orders for a record',
  text: `select * from orders where kind = $1 and partner = $2 and id = any($3)
    union select * from orders where kind = $1 and partner = $2 and id between $4 and $5 and sent_at >= $6 and sent_at < $7`,
};

const otherDays: Statement = {
  name: 'record lines of orders',
  text: `select seq, order_id, event, effect, amount, line.currency, ref, is_repeated from record_lines as line join records on records.id = record_id
    where order_id = any($1) and kind = $2 and partner = $3 and date <> $4`,
};

interface LineRecord extends Pick<RecordLine, 'event' | 'effect' | 'amount' | 'currency' | 'ref'> {
  readonly seq: bigint;
  readonly order_id: string;
  readonly is_repeated: boolean;
}

const lineOf = ({ seq, order_id: id, is_repeated: isRepeated, ...same }: LineRecord): RecordLine => ({
  ...same,
  ...{ id, isRepeated, seq: parseInt(seq.toString(), 10) },
});

/** What a record is compared with. `orders`: how our side calls what goes through such a partner, and the ids of those that may have been sent on its day. */
export async function bothSides(
  source: DataSource,
  { kind, partner, date }: RecordPlace,
  record: DayRecord,
  orders: { readonly kind: string; readonly idBetween: readonly [string, string] },
): Promise<Found> {
  const [[known], before] = await Promise.all([
    read<{ now: Date; through: string | null; last_seq_before: bigint | null }>(source, records, [kind, partner, dayBefore(date)]),
    read<{ item: string }>(source, brokenBefore, [kind, partner]),
  ]);
  const items = before.map(({ item }) => item);
  const named = [...new Set([...record.lines.map(({ id }) => id), ...items])];
  const day = [startOf(date).toISOString(), endOf(date).toISOString()];
  const here = (await read<OrderRecord>(source, ours, [orders.kind, partner, named, ...orders.idBetween, ...day])).map(orderOf);
  const ids = [...new Set([...named, ...here.map(({ id }) => id)])];
  const lines = await read<LineRecord>(source, otherDays, [ids, kind, partner, date]);
  const now = known?.now ?? startOf(date);
  const isOver = now >= endOf(date);
  const through = known?.through ?? '';
  return {
    sides: {
      ...{ record, ours: here.map(ourItemOf), otherDays: lines.map(lineOf), brokenBefore: items },
      comparedThrough: isOver && date > through ? date : through,
    },
    lastSeqBefore: known?.last_seq_before == null ? undefined : parseInt(known.last_seq_before.toString(), 10),
    isOver,
  };
}

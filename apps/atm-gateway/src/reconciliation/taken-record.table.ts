import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText, updateById, type Columns } from '@falconpay/postgres/set-based';
import type { Statement, Transaction } from '@falconpay/postgres/transaction';
import type { PartnerKind } from '../outside/partner-port.js';
import type { ControlTotal } from './control-totals.js';
import type { RecordLine } from './record-line.js';
import { recordKey, type TakenRecord } from './taken-record.js';

export interface TakenRecordRecord {
  readonly id: string;
  readonly kind: PartnerKind;
  readonly partner: string;
  readonly date: string;
  readonly status: TakenRecord['status'];
  readonly reason: string | null;
  readonly taken_at: Date | null;
  readonly next_at: Date | null;
  readonly last_seq: bigint | null;
  readonly totals: readonly TotalJson[];
  readonly matched: number;
  readonly broken: number;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

type Side = 'ours' | 'out' | 'back';
type TotalJson = { readonly currency: string } & Readonly<Record<Side, { readonly count: number; readonly sum: string }>>;

export const recordOf = (record: TakenRecordRecord): TakenRecord => ({
  ...{ id: record.id, kind: record.kind, partner: record.partner, date: record.date, status: record.status },
  ...{ reason: record.reason ?? undefined, takenAt: record.taken_at ?? undefined, nextAt: record.next_at ?? undefined },
  lastSeq: record.last_seq === null ? undefined : parseInt(record.last_seq.toString(), 10),
  totals: record.totals.map(totalOf),
  ...{ matched: record.matched, broken: record.broken, newLines: undefined, version: record.version },
  ...{ createdAt: record.created_at, updatedAt: record.updated_at },
});

const sideOf = ({ count, sum }: TotalJson[Side]) => ({ count, sum: BigInt(sum) });
const totalOf = ({ currency, ours, out, back }: TotalJson): ControlTotal => ({
  ...{ currency, ours: sideOf(ours), out: sideOf(out), back: sideOf(back) },
});
const jsonOf = (totals: readonly ControlTotal[]): string =>
  JSON.stringify(totals, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));

const id = { type: 'text', of: (record: TakenRecord) => record.id };
const optionalTime = (time: Date | undefined): string | null => (time ? timeText(time) : null);

const changing: Columns<TakenRecord> = {
  status: { type: 'text', of: (record) => record.status },
  reason: { type: 'text', of: (record) => record.reason ?? null },
  taken_at: { type: 'timestamptz', of: (record) => optionalTime(record.takenAt) },
  next_at: { type: 'timestamptz', of: (record) => optionalTime(record.nextAt) },
  last_seq: { type: 'bigint', of: (record) => record.lastSeq ?? null },
  totals: { type: 'jsonb', of: (record) => jsonOf(record.totals) },
  matched: { type: 'int', of: (record) => record.matched },
  broken: { type: 'int', of: (record) => record.broken },
  updated_at: { type: 'timestamptz', of: (record) => timeText(record.updatedAt) },
};

const lock: Statement = {
  name: 'lock records',
  text: `select * from records where kind || '/' || partner || '/' || date = any($1) order by kind, partner, date for update`,
};
const forgetLines: Statement = { name: 'delete record lines', text: `delete from record_lines where record_id = $1` };

const insertRecords = insertInto<TakenRecord>('records', {
  id,
  kind: { type: 'text', of: (record) => record.kind },
  partner: { type: 'text', of: (record) => record.partner },
  date: { type: 'text', of: (record) => record.date },
  ...changing,
  version: { type: 'int', of: (record) => record.version },
  created_at: { type: 'timestamptz', of: (record) => timeText(record.createdAt) },
});
const updateRecords = updateById<TakenRecord>('records', id, changing);

type LineOfRecord = RecordLine & { readonly recordId: string };
const insertLines = insertInto<LineOfRecord>('record_lines', {
  record_id: { type: 'text', of: (line) => line.recordId },
  seq: { type: 'bigint', of: (line) => line.seq },
  order_id: { type: 'text', of: (line) => line.id },
  event: { type: 'text', of: (line) => line.event },
  effect: { type: 'text', of: (line) => line.effect },
  amount: { type: 'bigint', of: (line) => line.amount },
  currency: { type: 'text', of: (line) => line.currency },
  ref: { type: 'text', of: (line) => line.ref },
  is_repeated: { type: 'bool', of: (line) => line.isRepeated },
});

/** A day's lines are those that its partner told last. */
async function putLines(tx: Transaction, { id: recordId, newLines }: TakenRecord): Promise<void> {
  if (newLines === undefined) return;
  await tx.query(forgetLines, [recordId]);
  await insertLines(
    tx,
    newLines.map((line) => ({ ...line, recordId })),
  );
}

export const recordsTable: Table<TakenRecord> = {
  keysOf: (record) => [recordKey(record)],
  lock: async (tx, keys) => (await tx.query<TakenRecordRecord>(lock, [keys])).map(recordOf),
  insert: async (tx, records) => {
    await insertRecords(tx, records);
    for (const record of records) await putLines(tx, record);
  },
  update: async (tx, changes) => {
    await updateRecords(tx, changes);
    for (const { after } of changes) await putLines(tx, after);
  },
};

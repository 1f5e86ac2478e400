import type { QueryRunner } from 'typeorm';
import type { DayPartitioned } from '@falconpay/postgres/day-partitions';
import type { Statement, Transaction } from '@falconpay/postgres/transaction';

/** One row per event taken in. Partitioned by the event's own id (UUIDv7 begins with its time), so uniqueness is exact. */
export async function createInbox(runner: QueryRunner): Promise<void> {
  await runner.query(
    `create table inbox (event_id uuid primary key, received_at timestamptz not null default now()) partition by range (event_id)`,
  );
  await runner.query(`create table inbox_default partition of inbox default`);
}

const insertNew: Statement = {
  name: 'insert inbox',
  text: `insert into inbox (event_id) select id from unnest($1::uuid[]) as new(id) order by id on conflict do nothing returning event_id`,
};

/** Of these events, the ones this service has never taken in; they count as taken in when the transaction commits. */
export async function takeIn(tx: Transaction, eventIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ event_id: string }>(insertNew, [eventIds]);
  return new Set(rows.map((row) => row.event_id));
}

/** The smallest UUIDv7 of an instant: 48 bits of milliseconds, then zeros. */
const smallestIdAt = (time: Date): string => {
  const hex = time.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
};

export const inboxPartitions = (keepDays: number): DayPartitioned => ({ table: 'inbox', boundOf: smallestIdAt, keepDays });

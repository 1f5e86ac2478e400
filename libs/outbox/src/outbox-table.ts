import type { QueryRunner } from 'typeorm';
import type { DayPartitioned } from '@falconpay/postgres/day-partitions';
import { arraysOf, timeText, unnestOf, type Columns } from '@falconpay/postgres/set-based';
import type { Statement, Transaction } from '@falconpay/postgres/transaction';
import type { OutboxEvent } from './outbox-event.js';

/**
 * Insert-only. `position` is taken after the rows of the transaction are locked, so it is commit order per key; `xid` is the
 * top-level transaction, by which the relay knows what became visible since it last looked. The columns are those that
 * Debezium's outbox event router reads, so log tailing can take the relay's place.
 */
export async function createOutbox(runner: QueryRunner): Promise<void> {
  await runner.query(`create sequence outbox_position`);
  await runner.query(`
    create table outbox (
      position bigint not null default nextval('outbox_position'),
      xid xid8 not null default pg_current_xact_id(),
      id uuid not null,
      aggregatetype text not null,
      aggregateid text not null,
      type text not null,
      time timestamptz not null,
      payload bytea not null,
      sequence int,
      causation_id text,
      traceparent text,
      verbatim json,
      created_at timestamptz not null default now()
    ) partition by range (created_at)`);
  await runner.query(`create index outbox_by_xid on outbox (xid)`);
  await runner.query(`create table outbox_default partition of outbox default`);
  await runner.query(`
    create table outbox_cursor (
      only_row boolean primary key default true check (only_row),
      snapshot pg_snapshot not null default pg_current_snapshot(),
      system_identifier bigint not null,
      epoch bigint not null default 0,
      owner text,
      backend_pid int,
      lease_until timestamptz not null default '-infinity'
    )`);
  await runner.query(`insert into outbox_cursor (system_identifier) select system_identifier from pg_control_system()`);
}

const columns: Columns<OutboxEvent> = {
  id: { type: 'uuid', of: (event) => event.id },
  aggregatetype: { type: 'text', of: (event) => event.topic },
  aggregateid: { type: 'text', of: (event) => event.key },
  type: { type: 'text', of: (event) => event.type },
  time: { type: 'timestamptz', of: (event) => timeText(event.time) },
  sequence: { type: 'int', of: (event) => event.sequence },
  causation_id: { type: 'text', of: (event) => event.causationId },
  traceparent: { type: 'text', of: (event) => event.traceparent },
  verbatim: { type: 'json', of: (event) => event.verbatim && JSON.stringify(event.verbatim) },
};
const names = Object.keys(columns).join(', ');

// The payloads travel as one JSON array: they are JSON already, so nothing has to be escaped on the way in or out, and
// an element of type json keeps its text as it is. A verbatim record's bytes are a JSON string of base64.
const insertEvents: Statement = {
  name: 'insert outbox',
  text: `insert into outbox (${names}, payload)
    select ${names}, case when verbatim is null then convert_to(payload::text, 'UTF8') else decode(payload #>> '{}', 'base64') end
    from rows from (unnest(${unnestOf(columns)}), json_array_elements($${Object.keys(columns).length + 1}::json))
      with ordinality as new(${names}, payload, ordinal) order by ordinal`,
};

/** Adds events to the caller's transaction, after everything else it writes. There is no way to call it outside one. */
export async function appendToOutbox(tx: Transaction, events: readonly OutboxEvent[]): Promise<void> {
  if (events.length === 0) return;
  const payloads = events.map(({ payload, verbatim }) => (verbatim ? JSON.stringify(payload) : payload));
  await tx.query(insertEvents, [...arraysOf(columns, events), `[${payloads.join(',')}]`]);
}

/** A day of the outbox may go when the relay is past all of it. */
export function outboxPartitions(keepDays: number, isPublished: (partition: string) => Promise<boolean>): DayPartitioned {
  return { table: 'outbox', boundOf: (day) => day.toISOString(), keepDays, mayDrop: isPublished };
}

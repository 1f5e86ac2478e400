import { createHash } from 'node:crypto';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import type { KeptRecord } from '@falconpay/kafka/kept-record';
import { insertInto, timeText, updateById, type Columns } from '@falconpay/postgres/set-based';
import { read, type Statement, type Transaction } from '@falconpay/postgres/transaction';

/**
 * What could not be taken in, and what waits behind it. A line is one key of one topic: while its head is tried again, or lies with
 * the dead letters, later events of the key are held in order of arrival. Both tables are empty as long as all goes well.
 */
export interface Line {
  /** From the topic and the key: see `lineOf`. */
  readonly id: string;
  readonly version: number;
  readonly topic: string;
  readonly key: Buffer | null;
  /** Undefined while what waited behind a head is drained. */
  readonly headId: string | undefined;
  /** `retrying`: whatever is first in the line is due. `dead`: the head waits for an operator. */
  readonly state: 'retrying' | 'dead';
  readonly dueAt: Date | undefined;
  readonly attempts: number;
  readonly blockedAt: Date;
  readonly firstFailedAt: Date | undefined;
  readonly errorClass: string | undefined;
  readonly errorMessage: string | undefined;
  readonly replayId: string | undefined;
  readonly replayCount: number;
  /** Where the head lay first. */
  readonly partition: number;
  readonly offset: string;
  readonly timestamp: string;
}

export interface HeldEvent {
  readonly eventId: string;
  readonly line: string;
  readonly record: KeptRecord;
}

/** Part of every service that hears events. */
export class CreateWaitingLines1764547200000 implements MigrationInterface {
  up = createWaitingLines;

  down(): Promise<void> {
    throw new Error('what waits is not forgotten: restore a backup instead');
  }
}

async function createWaitingLines(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table blocked_lines (
      id uuid primary key,
      version int not null,
      topic text not null,
      key bytea,
      head_id uuid unique,
      state text not null check (state in ('retrying', 'dead')),
      due_at timestamptz,
      attempts int not null,
      blocked_at timestamptz not null,
      first_failed_at timestamptz,
      error_class text,
      error_message text,
      replay_id text,
      replay_count int not null,
      record_partition int not null,
      record_offset text not null,
      record_timestamp text not null,
      check ((state = 'retrying') = (due_at is not null)),
      check (state = 'retrying' or head_id is not null)
    )`);
  await runner.query(`create index blocked_lines_by_due_at on blocked_lines (due_at) where due_at is not null`);
  await runner.query(`create sequence held_position`);
  await runner.query(`
    create table held_events (
      event_id uuid primary key,
      line uuid not null,
      position bigint not null default nextval('held_position'),
      record json not null,
      held_at timestamptz not null default now()
    )`);
  await runner.query(`create index held_events_by_line on held_events (line, position)`);
  // What has become of an event that was not settled as it came in. Null for all others: the inbox costs no more for it.
  await runner.query(`alter table inbox add column settled_at timestamptz, add column outcome text`);
}

/** A topic's key as one id. A record without a key stands in nobody's way: it is a line by itself. */
export function lineOf(topic: string, key: Buffer | null, eventId: string): string {
  if (!key) return eventId;
  const hex = createHash('sha256').update(topic).update('\0').update(key).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

interface LineRow {
  readonly id: string;
  readonly version: number;
  readonly topic: string;
  readonly key: Buffer | null;
  readonly head_id: string | null;
  readonly state: Line['state'];
  readonly due_at: Date | null;
  readonly attempts: number;
  readonly blocked_at: Date;
  readonly first_failed_at: Date | null;
  readonly error_class: string | null;
  readonly error_message: string | null;
  readonly replay_id: string | null;
  readonly replay_count: number;
  readonly record_partition: number;
  readonly record_offset: string;
  readonly record_timestamp: string;
}

const lineOfRow = (row: LineRow): Line => ({
  ...{ id: row.id, version: row.version, topic: row.topic, key: row.key, state: row.state, attempts: row.attempts },
  ...{ headId: row.head_id ?? undefined, dueAt: row.due_at ?? undefined, blockedAt: row.blocked_at },
  ...{ firstFailedAt: row.first_failed_at ?? undefined, errorClass: row.error_class ?? undefined },
  ...{ errorMessage: row.error_message ?? undefined, replayId: row.replay_id ?? undefined, replayCount: row.replay_count },
  ...{ partition: row.record_partition, offset: row.record_offset, timestamp: row.record_timestamp },
});

const time = (at: Date | undefined): string | undefined => at && timeText(at);
const id = { type: 'uuid', of: (line: Line) => line.id };
const changing: Columns<Line> = {
  head_id: { type: 'uuid', of: (line) => line.headId },
  state: { type: 'text', of: (line) => line.state },
  due_at: { type: 'timestamptz', of: (line) => time(line.dueAt) },
  attempts: { type: 'int', of: (line) => line.attempts },
  first_failed_at: { type: 'timestamptz', of: (line) => time(line.firstFailedAt) },
  error_class: { type: 'text', of: (line) => line.errorClass },
  error_message: { type: 'text', of: (line) => line.errorMessage },
  replay_id: { type: 'text', of: (line) => line.replayId },
  replay_count: { type: 'int', of: (line) => line.replayCount },
  record_partition: { type: 'int', of: (line) => line.partition },
  record_offset: { type: 'text', of: (line) => line.offset },
  record_timestamp: { type: 'text', of: (line) => line.timestamp },
};

/** Who blocks the line at the same moment elsewhere makes this fail as a lost race. */
export const insertLines = insertInto<Line>('blocked_lines', {
  id,
  version: { type: 'int', of: (line) => line.version },
  topic: { type: 'text', of: (line) => line.topic },
  // As Postgres reads bytes from text.
  key: { type: 'bytea', of: (line) => line.key && `\\x${line.key.toString('hex')}` },
  blocked_at: { type: 'timestamptz', of: (line) => timeText(line.blockedAt) },
  ...changing,
});
export const updateLines = updateById<Line>('blocked_lines', id, changing);

/** Followers come in order of arrival. */
export const holdEvents = insertInto<HeldEvent>('held_events', {
  event_id: { type: 'uuid', of: (held) => held.eventId },
  line: { type: 'uuid', of: (held) => held.line },
  record: { type: 'json', of: (held) => JSON.stringify(held.record) },
});

const lockBlocked: Statement = {
  name: 'lock blocked lines',
  text: `select id from blocked_lines where id = any($1::uuid[]) order by id for share`,
};

/** Those of these lines that are blocked; none of them can be released, or drained further, before the transaction ends. */
export async function lockBlockedLines(tx: Transaction, lines: readonly string[]): Promise<Set<string>> {
  return new Set((await tx.query<{ id: string }>(lockBlocked, [lines])).map((row) => row.id));
}

const lockHeaded: Statement = {
  name: 'lock lines of heads',
  text: `select * from blocked_lines where head_id = any($1::uuid[]) order by id for update`,
};

export const lockLinesOfHeads = async (tx: Transaction, headIds: readonly string[]): Promise<Line[]> =>
  (await tx.query<LineRow>(lockHeaded, [headIds])).map(lineOfRow);

const lockDue: Statement = {
  name: 'lock due line',
  text: `select * from blocked_lines where id = $1 and due_at <= clock_timestamp() for update`,
};
const firstHeld: Statement = {
  name: 'first of line',
  text: `select event_id, record from held_events where line = $1 order by position limit $2`,
};

/** The line, if it is still due, and the first that wait in it. The lock comes first: what is held is read under it. */
export async function lockDueLine(tx: Transaction, lineId: string, limit: number): Promise<{ line: Line; held: HeldEvent[] } | undefined> {
  const [[row], held] = await Promise.all([
    tx.query<LineRow>(lockDue, [lineId]),
    tx.query<{ event_id: string; record: KeptRecord }>(firstHeld, [lineId, limit]),
  ]);
  return row && { line: lineOfRow(row), held: held.map(({ event_id, record }) => ({ eventId: event_id, line: row.id, record })) };
}

const dueLinesOf: Statement = { name: 'due lines', text: `select id from blocked_lines where due_at <= now() order by due_at limit $1` };

export const dueLines = async (source: DataSource, limit: number): Promise<string[]> =>
  (await read<{ id: string }>(source, dueLinesOf, [limit])).map((row) => row.id);

const deleteHeld: Statement = { name: 'delete held events', text: `delete from held_events where event_id = any($1::uuid[])` };
const deleteEmpty: Statement = {
  name: 'delete empty lines',
  text: `delete from blocked_lines line where id = any($1::uuid[]) and head_id is null
    and not exists (select from held_events held where held.line = line.id)`,
};
const settle: Statement = {
  name: 'settle in inbox',
  // An operator's replay may come after the inbox has forgotten: what is settled is known again. How it ended is said once.
  text: `insert into inbox (event_id, settled_at, outcome) select event_id, clock_timestamp(), outcome
    from unnest($1::uuid[], $2::text[]) as new(event_id, outcome) order by event_id
    on conflict (event_id) do update set settled_at = excluded.settled_at, outcome = excluded.outcome
    where inbox.outcome is null`,
};

export async function letGo(tx: Transaction, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length > 0) await tx.query(deleteHeld, [eventIds]);
}
/** Of these lines, which are locked, those without a head in which nobody waits. */
export async function releaseEmptyLines(tx: Transaction, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await tx.query(deleteEmpty, [lines]);
}

/** How an event ended that was not settled when it came in, or what became of an operator's delivery. */
export type LateOutcome = 'done' | 'discarded' | 'replaced' | 'refused';

export async function settleInInbox(tx: Transaction, outcomes: ReadonlyMap<string, LateOutcome>): Promise<void> {
  if (outcomes.size > 0) await tx.query(settle, [[...outcomes.keys()], [...outcomes.values()]]);
}

export interface LinesState {
  readonly retrying: number;
  readonly dead: number;
  readonly waiting: number;
  readonly oldestSeconds: number;
}

const stateOfLines: Statement = {
  name: 'state of lines',
  text: `select count(*) filter (where state = 'retrying')::int as retrying, count(*) filter (where state = 'dead')::int as dead,
      coalesce(extract(epoch from now() - min(blocked_at)), 0)::float8 as "oldestSeconds",
      (select count(*)::int from held_events held where not exists (select 1 from blocked_lines head where head.head_id = held.event_id)) as waiting
    from blocked_lines`,
};

export async function stateOf(source: DataSource): Promise<LinesState> {
  const [state] = await read<LinesState>(source, stateOfLines);
  return state ?? { retrying: 0, dead: 0, waiting: 0, oldestSeconds: 0 };
}

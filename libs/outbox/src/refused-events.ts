import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { RecordRefused } from '@falconpay/kafka/verified-producer';
import { read, type Statement } from '@falconpay/postgres/transaction';
import { LostLead, rowColumns, type Lease, type OutboxRow } from './relay-cursor.js';

export interface Publisher {
  /** Resolves when every row is on the broker, in order per key; rejects when that is not known, with RecordRefused when it never will be. */
  publish(rows: readonly OutboxRow[]): Promise<void>;
}

/** Part of every service: what its broker refuses for what is in it, and what waits behind that. Empty as long as all goes well. */
export class CreateRefusedEvents1765152000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A reason is only there for the first of its key.
    await runner.query(`
      create table outbox_refused (
        position bigint primary key,
        xid xid8 not null,
        line text not null,
        reason text,
        tried_at timestamptz not null default clock_timestamp()
      )`);
    await runner.query(`create index outbox_refused_by_line on outbox_refused (line, position)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table outbox_refused');
  }
}

const againAfterMs = 5_000;
const atOnceMax = 100;
const bytesAtOnceMax = 8_388_608;

const allLines: Statement = { name: 'lines of refused events', text: 'select distinct line from outbox_refused' };
const linesLeft: Statement = {
  name: 'refused events left in lines',
  text: 'select distinct line from outbox_refused where line = any($1)',
};
const setAside: Statement = {
  name: 'set refused events aside',
  text: `insert into outbox_refused (position, xid, line, reason)
    select new.position, new.xid::xid8, new.line, $5 from unnest($2::bigint[], $3::text[], $4::text[]) as new(position, xid, line), outbox_cursor
    where epoch = $1
    on conflict (position) do update set reason = excluded.reason, tried_at = excluded.tried_at
    returning position`,
};
/** Whoever was tried longest ago comes first: those that are refused again and again keep nobody else from being tried. */
const firstOfLines: Statement = {
  name: 'first refused events of lines',
  text: `
    with first as (select distinct on (line) position, xid, tried_at from outbox_refused order by line, position),
      next as (select * from first order by tried_at, position limit $1),
      sized as (
        select o.*, row_number() over tried as number, sum(octet_length(payload)) over tried as total
        from next join outbox o on o.xid = next.xid and o.position = next.position window tried as (order by tried_at, next.position))
    select ${rowColumns} from sized where total <= $2 or number = 1 order by number`,
};
const forget: Statement = { name: 'forget refused events', text: 'delete from outbox_refused where position = any($1)' };

/**
 * Between the relay and the broker. An event that the broker refuses for what is in it (too large, for one) is set aside, with the
 * reason, and so are later ones of its key, whose order holds; all others go on. From time to time they are tried again: an operator
 * may have raised the limit. All of it by the leader alone, and before its cursor moves past them.
 */
export class RefusedEvents {
  private lines = new Set<string>();
  private dueAt = 0;

  constructor(
    private readonly source: DataSource,
    private readonly publisher: Publisher,
    private readonly onRefused: (row: OutboxRow, reason: string) => void,
  ) {}

  /** As another leader may have left them. */
  async load(): Promise<void> {
    this.lines = new Set((await read<{ line: string }>(this.source, allLines)).map(({ line }) => line));
    this.dueAt = 0;
  }

  /** Resolves when each of them is on the broker or set aside. */
  async publish(lease: Lease, rows: readonly OutboxRow[]): Promise<void> {
    const isFree = (row: OutboxRow): boolean => this.lines.size === 0 || !this.lines.has(lineOf(row));
    const free = rows.filter(isFree);
    if (free.length < rows.length) {
      const behind = rows.filter((row) => !isFree(row));
      await this.setAside(lease, behind, undefined);
    }
    if (free.length === 0) return;
    try {
      await this.publisher.publish(free);
    } catch (error) {
      if (!(error instanceof RecordRefused)) throw error;
      await this.isolate(lease, free, error.message);
    }
  }

  /** When it is time: the first of each key, some at a time; what waits behind one that goes through follows at the next look. */
  async tryAgain(lease: Lease): Promise<void> {
    if (this.lines.size === 0 || performance.now() < this.dueAt) return;
    const rows = await read<OutboxRow>(this.source, firstOfLines, [atOnceMax, bytesAtOnceMax]);
    const lines = rows.map(lineOf);
    // Should this fail, the lead is given back, and whoever leads next loads them again.
    for (const line of lines) this.lines.delete(line);
    await this.publish(lease, rows);
    const sent = rows.filter((row) => !this.lines.has(lineOf(row)));
    await read(this.source, forget, [sent.map(({ position }) => String(position))]);
    for (const { line } of await read<{ line: string }>(this.source, linesLeft, [lines])) this.lines.add(line);
    if (sent.length === 0) this.dueAt = performance.now() + againAfterMs;
  }

  /** In halves, until the culprit stands alone. */
  private async isolate(lease: Lease, rows: readonly OutboxRow[], reason: string): Promise<void> {
    const [only] = rows;
    if (only && rows.length === 1) {
      await this.setAside(lease, [only], reason);
      this.lines.add(lineOf(only));
      this.onRefused(only, reason);
      return;
    }
    const half = rows.length >> 1;
    await this.publish(lease, rows.slice(0, half));
    await this.publish(lease, rows.slice(half));
  }

  private async setAside(lease: Lease, rows: readonly OutboxRow[], reason: string | undefined): Promise<void> {
    const kept = await read(this.source, setAside, [
      lease.epoch,
      rows.map(({ position }) => String(position)),
      rows.map(({ xid }) => xid),
      rows.map(lineOf),
      reason ?? null,
    ]);
    if (kept.length < rows.length) throw new LostLead();
  }
}

/** Events of one topic and key keep their order; a record that is passed on without a key has none. */
const lineOf = ({ topic, key, verbatim, id }: OutboxRow): string => `${topic}/${verbatim ? (verbatim.key ?? id) : key}`;

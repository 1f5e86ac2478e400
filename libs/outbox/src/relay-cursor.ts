import type { DataSource } from 'typeorm';
import { read, type Statement } from '@falconpay/postgres/transaction';
import type { VerbatimRecord } from './outbox-event.js';

/** A row of the outbox as the relay reads it. */
export interface OutboxRow {
  readonly position: bigint;
  readonly xid: string;
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly time: Date;
  /** JSON; of a verbatim record, its bytes in base64. */
  readonly payload: string;
  readonly sequence: number | null;
  readonly causation_id: string | null;
  readonly traceparent: string | null;
  readonly verbatim: VerbatimRecord | null;
}

/** Everything up to `snapshot` is published. Only the holder of the lease of this epoch may move it. */
export interface Lease {
  readonly epoch: bigint;
  readonly snapshot: string;
}

/** Another instance has taken over while this one was sending: what it still has to send is the other's. */
export class LostLead extends Error {
  constructor() {
    super('another instance publishes now');
    this.name = 'LostLead';
  }
}

/** Longer than any pause of a healthy leader, short enough that a stopped one is not missed for long. */
const leaseSeconds = 5;

export const rowColumns = `position, xid::text, id, aggregatetype as topic, aggregateid as key, type, time, sequence, causation_id, traceparent, verbatim,
  case when verbatim is null then convert_from(payload, 'UTF8') else encode(payload, 'base64') end as payload`;

// A leader whose database session is gone is dead, whatever its lease says: the next one does not have to wait. The session
// is that of its last renewal; the pool keeps an idle one for longer than it takes to the next.
const acquire: Statement = {
  name: 'relay acquire',
  text: `update outbox_cursor set epoch = epoch + 1, owner = $1, backend_pid = pg_backend_pid(), lease_until = now() + make_interval(secs => ${leaseSeconds})
    where lease_until < now() or owner = $1
       or not exists (select 1 from pg_stat_activity where pid = backend_pid)
    returning epoch, snapshot::text, system_identifier = (select system_identifier from pg_control_system()) as same_cluster`,
};

const advance: Statement = {
  name: 'relay advance',
  text: `update outbox_cursor set snapshot = $2::pg_snapshot, backend_pid = pg_backend_pid(), lease_until = now() + make_interval(secs => ${leaseSeconds}) where epoch = $1 returning epoch`,
};

const release: Statement = { name: 'relay release', text: `update outbox_cursor set lease_until = '-infinity' where epoch = $1` };

/**
 * Whose transactions a snapshot does not show: those that began after it, and those that were under way. Said like this the index
 * finds just them; a transaction that has been under way for long, in any database of the server, makes no look longer.
 */
const unseenBySql = (snapshot: string): string =>
  `(xid >= pg_snapshot_xmax(${snapshot}) or xid = any (array(select pg_snapshot_xip(${snapshot}))))`;
const newSql = unseenBySql('$1::pg_snapshot');

// The rows this statement's snapshot shows and the last one did not: whatever committed in between, however late its
// position was taken. A cursor on the position alone would step over a transaction that commits after a later one.
const firstPage: Statement = {
  name: 'relay first page',
  text: `select ${rowColumns}, pg_current_snapshot()::text as snapshot from outbox
    where ${newSql}
    order by position limit $2`,
};

const nextPage: Statement = {
  name: 'relay next page',
  text: `select ${rowColumns} from outbox
    where ${newSql}
      and pg_visible_in_snapshot(xid, $2::pg_snapshot) and position > $3
    order by position limit $4`,
};

const snapshotIfNothingIsPending: Statement = {
  name: 'relay snapshot if nothing is pending',
  text: `select pg_current_snapshot()::text as snapshot where not exists (select 1 from outbox
    where ${newSql})`,
};

const countAndAgeSql = `count(*)::int as count, coalesce(extract(epoch from clock_timestamp() - min(o.created_at)), 0)::float as oldest_seconds`;

const pending: Statement = {
  name: 'relay pending',
  text: `select waiting.count, waiting.oldest_seconds, refused.count as refused, refused.oldest_seconds as refused_oldest_seconds,
      lease_until >= clock_timestamp() and exists (select 1 from pg_stat_activity where pid = backend_pid) as has_leader
    from outbox_cursor c, lateral (
      select ${countAndAgeSql} from outbox o
      where ${unseenBySql('c.snapshot')} and not exists (select 1 from outbox_refused r where r.position = o.position)
    ) waiting, (select ${countAndAgeSql} from outbox_refused r join outbox o on o.xid = r.xid and o.position = r.position) refused`,
};

const publishedUpTo = (partition: string): string =>
  `select not exists (select 1 from ${partition} o, outbox_cursor c where not pg_visible_in_snapshot(o.xid, c.snapshot))
    and not exists (select 1 from outbox_refused r join ${partition} o on o.xid = r.xid and o.position = r.position) as published`;

/** What is committed and not published, and whether an instance has the lead that would publish it. */
export interface Pending {
  readonly count: number;
  readonly oldestSeconds: number;
  readonly hasLeader: boolean;
  /** Beside those: what the broker refuses for what is in it, and what waits behind that. */
  readonly refused: { readonly count: number; readonly oldestSeconds: number };
}

interface PendingRow {
  readonly count: number;
  readonly oldest_seconds: number;
  readonly has_leader: boolean;
  readonly refused: number;
  readonly refused_oldest_seconds: number;
}

/** What became visible in one look: the first page of rows, and the snapshot that further pages are read under. */
export interface Look {
  readonly rows: OutboxRow[];
  readonly snapshot: string;
}

export class RelayCursor {
  constructor(
    private readonly source: DataSource,
    private readonly owner: string,
  ) {}

  /** Undefined while another instance leads. */
  async acquire(): Promise<Lease | undefined> {
    const [row] = await read<{ epoch: bigint; snapshot: string; same_cluster: boolean }>(this.source, acquire, [this.owner]);
    if (row && !row.same_cluster) {
      throw new Error(
        'this outbox was restored into another Postgres cluster: its transaction ids say nothing here; see the runbook on restoring',
      );
    }
    return row;
  }

  /** False when another instance has taken over. */
  async advance(lease: Lease, snapshot: string): Promise<boolean> {
    return (await read(this.source, advance, [lease.epoch, snapshot])).length > 0;
  }

  async release(lease: Lease): Promise<void> {
    await read(this.source, release, [lease.epoch]);
  }

  async look(since: string, limit: number): Promise<Look> {
    const rows = await read<OutboxRow & { snapshot: string }>(this.source, firstPage, [since, limit]);
    return { rows, snapshot: rows[0]?.snapshot ?? since };
  }

  async lookFurther(since: string, look: Look, limit: number): Promise<OutboxRow[]> {
    const after = look.rows.at(-1)?.position;
    return read<OutboxRow>(this.source, nextPage, [since, look.snapshot, after, limit]);
  }

  /** Moving on while nothing is pending keeps the next look narrow. */
  async currentSnapshotIfNothingIsPending(since: string): Promise<string> {
    const [row] = await read<{ snapshot: string }>(this.source, snapshotIfNothingIsPending, [since]);
    return row?.snapshot ?? since;
  }

  async pending(): Promise<Pending> {
    const [row] = await read<PendingRow>(this.source, pending);
    return {
      ...{ count: row?.count ?? 0, oldestSeconds: row?.oldest_seconds ?? 0, hasLeader: row?.has_leader ?? false },
      refused: { count: row?.refused ?? 0, oldestSeconds: row?.refused_oldest_seconds ?? 0 },
    };
  }

  async isPublished(partition: string): Promise<boolean> {
    const [row] = await read<{ published: boolean }>(this.source, { name: `published ${partition}`, text: publishedUpTo(partition) });
    return row?.published ?? false;
  }
}

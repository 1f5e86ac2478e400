import type { DataSource } from 'typeorm';
import { read, type Statement } from '@falconpay/postgres/transaction';
import {
  deadLetterOf,
  letterBytesSql,
  summaryColumns,
  summaryOf,
  type DeadLetterRow,
  type LetterSummaryRow,
} from '../dead-letters/dead-letter.table.js';
import type { DeadLetter, LetterSummary } from '../dead-letters/dead-letter.js';
import { portionBytesMax } from '../dead-letters/portions.js';
import type { AskedLetter } from './ask-about-letters.js';
import type { ItemState, ReplayItem } from './replay-item.js';
import { itemOf, type ReplayItemRow } from './replay-item.table.js';
import { replayOf, type ReplayRow } from './replay.table.js';
import type { Replay } from './replay.js';

const underWay: Statement = {
  name: 'replays under way',
  text: `select * from replays where state = 'running' or state in ('paused', 'stopped', 'aborted')
      and exists (select from replay_items where replay_id = replays.id and state = 'sent')
    order by id`,
};
const counts: Statement = {
  name: 'count replay items',
  text: `select state, count(*)::int as count from replay_items where replay_id = $1 group by state`,
};
const verdicts: Statement = {
  name: 'count replay verdicts',
  text: `select verdict, count(*)::int as count from replay_items where replay_id = $1 group by verdict`,
};
const inState: Statement = {
  name: 'replay items in state',
  text: `select * from replay_items where replay_id = $1 and state = $2 order by number limit $3`,
};
/** One of each lane, where none is on its way and none has failed. So much is on its way at a time; a larger one goes alone. */
const nextOfLanes: Statement = {
  name: 'next items of lanes',
  text: `
    with busy as (select distinct lane from replay_items where replay_id = $1 and state in ('sent', 'failed')),
      first as (
        select distinct on (lane) * from replay_items i
        where replay_id = $1 and state = 'planned' and not exists (select from busy where busy.lane = i.lane) order by lane, number),
      next as (select * from first order by number limit $2),
      under_way as (
        select coalesce(sum(${letterBytesSql}), 0) as bytes from replay_items i join dead_letters l on l.id = i.letter_id
        where i.replay_id = $1 and i.state = 'sent'),
      sized as (
        select next.*, (select bytes from under_way) + sum(${letterBytesSql}) over (order by number) as total,
          row_number() over (order by number) = 1 and (select bytes from under_way) = 0 as is_alone
        from next left join dead_letters l on l.id = next.letter_id)
    select * from sized where total <= $3 or is_alone order by number`,
};
const behindFailed: Statement = {
  name: 'items behind failed ones',
  text: `
    with behind as (
        select * from replay_items i where replay_id = $1 and state = 'planned'
          and exists (select from replay_items f where f.replay_id = $1 and f.state = 'failed' and f.lane = i.lane)
        order by number limit $2),
      sized as (
        select behind.*, sum(${letterBytesSql}) over (order by number) as total, row_number() over (order by number) = 1 as is_first
        from behind left join dead_letters l on l.id = behind.letter_id)
    select * from sized where total <= $3 or is_first order by number`,
};
const addresses: Statement = {
  name: 'find addresses of dead letters',
  text: `select ${summaryColumns}, key from dead_letters where id = any($1)`,
};
const lettersById: Statement = { name: 'find dead letters', text: 'select * from dead_letters where id = any($1)' };
/** Known by the delivery; one that had to wait behind another of its key and failed then, by the event and its later failure. */
const returned: Statement = {
  name: 'find returned letters',
  text: `select i.id as item_id, back.* from replay_items i
      join dead_letters sent on sent.id = i.letter_id
      join (select ${summaryColumns} from dead_letters) back on back.event_id = i.event_id and back.consumer_group = sent.consumer_group
        and (back.replay_id = i.delivery_id::text or (back.failed_at > sent.failed_at and back.created_at > i.sent_at))
    where i.id = any($1) order by back.id`,
};
const cameBack: Statement = {
  name: 'count replay items that were sent and are settled',
  text: `select count(*)::int as count, count(*) filter (where sent_at >= $2)::int as since,
      count(*) filter (where sent_at >= $2 and state = 'failed')::int as failed_since
    from replay_items where replay_id = $1 and state in ('resolved', 'failed') and sent_at is not null`,
};
const kinds: Statement = {
  name: 'fingerprints of replay',
  text: `select distinct fingerprint from replay_items i join dead_letters l on l.id = i.letter_id where i.replay_id = $1`,
};

/** In all, and of those that were sent since somebody started it, or went on with it. */
export interface CameBack {
  readonly count: number;
  readonly sinceStart: number;
  readonly failedSinceStart: number;
}

/** What the runner of replays reads. */
export class ReplayQueries {
  constructor(private readonly source: DataSource) {}

  async underWay(): Promise<Replay[]> {
    return (await read<ReplayRow>(this.source, underWay)).map(replayOf);
  }

  async counts(replayId: string): Promise<Partial<Record<ItemState, number>>> {
    const rows = await read<{ state: ItemState; count: number }>(this.source, counts, [replayId]);
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  }

  async verdicts(replayId: string): Promise<Record<string, number>> {
    const rows = await read<{ verdict: string; count: number }>(this.source, verdicts, [replayId]);
    return Object.fromEntries(rows.map(({ verdict, count }) => [verdict, count]));
  }

  async inState(replayId: string, state: ItemState, limit: number): Promise<ReplayItem[]> {
    return (await read<ReplayItemRow>(this.source, inState, [replayId, state, limit])).map(itemOf);
  }

  async nextOfLanes(replayId: string, limit: number): Promise<ReplayItem[]> {
    return (await read<ReplayItemRow>(this.source, nextOfLanes, [replayId, limit, portionBytesMax])).map(itemOf);
  }

  async behindFailed(replayId: string, limit: number): Promise<ReplayItem[]> {
    return (await read<ReplayItemRow>(this.source, behindFailed, [replayId, limit, portionBytesMax])).map(itemOf);
  }

  /** By letter: what has to be known to ask its consumer about it, again and again. */
  async addressesOf(items: readonly ReplayItem[]): Promise<Map<string, AskedLetter>> {
    const rows = await read<LetterSummaryRow & Pick<DeadLetterRow, 'key'>>(this.source, addresses, [items.map(({ letterId }) => letterId)]);
    return new Map(rows.map((row) => [row.id, { ...summaryOf(row), key: row.key ?? undefined }]));
  }

  /** With all they say. */
  async lettersOf(items: readonly ReplayItem[]): Promise<Map<string, DeadLetter>> {
    const rows = await read<DeadLetterRow>(this.source, lettersById, [items.map(({ letterId }) => letterId)]);
    return new Map(rows.map((row) => [row.id, deadLetterOf(row)]));
  }

  /** By item: the letter as which it came back, the newest if there are more. */
  async returnedBy(items: readonly ReplayItem[]): Promise<Map<string, LetterSummary>> {
    const rows = await read<LetterSummaryRow & { item_id: string }>(this.source, returned, [items.map(({ id }) => id)]);
    return new Map(rows.map((row) => [row.item_id, summaryOf(row)]));
  }

  /** Those of which the consumer has said what became of them: what it had already shows nothing. */
  async cameBack({ id, updatedAt }: Replay): Promise<CameBack> {
    const [row] = await read<{ count: number; since: number; failed_since: number }>(this.source, cameBack, [id, updatedAt]);
    return { count: row?.count ?? 0, sinceStart: row?.since ?? 0, failedSinceStart: row?.failed_since ?? 0 };
  }

  /** The kinds of failure it set out to mend. */
  async kindsOf(replayId: string): Promise<Set<string>> {
    const rows = await read<{ fingerprint: string }>(this.source, kinds, [replayId]);
    return new Set(rows.map(({ fingerprint }) => fingerprint));
  }
}

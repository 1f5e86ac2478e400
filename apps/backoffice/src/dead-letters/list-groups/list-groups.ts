import type { Statement } from '@falconpay/postgres/transaction';
import type { FailureGroupRow } from '../failure-group.table.js';

export interface GroupRow extends FailureGroupRow {
  readonly waiting: number;
  readonly replaying: number;
  readonly topics: readonly string[];
  readonly groups: readonly string[];
}

/** The newest failure first, from behind one on, each with what became of its letters. */
export const groupsNewestFirst: Statement = {
  name: 'list failure groups',
  text: `
    with page as (
      select * from failure_groups where ($1::timestamptz is null or (last_seen_at, fingerprint) < ($1, $2))
      order by last_seen_at desc, fingerprint desc limit $3
    )
    select page.*, letters.* from page, lateral (
      select count(*) filter (where state = 'waiting')::int as waiting, count(*) filter (where state = 'replaying')::int as replaying,
        array_agg(distinct topic) as topics, array_agg(distinct consumer_group) as groups
      from dead_letters where dead_letters.fingerprint = page.fingerprint) as letters
    order by last_seen_at desc, fingerprint desc`,
};

export const groupView = (row: GroupRow) => ({
  fingerprint: row.fingerprint,
  error: { class: row.error_class, message: row.error_message },
  count: row.count,
  waiting: row.waiting,
  replaying: row.replaying,
  topics: row.topics,
  groups: row.groups,
  first_seen_at: row.first_seen_at.toISOString(),
  last_seen_at: row.last_seen_at.toISOString(),
});

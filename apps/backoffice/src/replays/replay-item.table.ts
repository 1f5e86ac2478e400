import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText, updateById, type Columns } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';
import type { ItemState, ReplayItem } from './replay-item.js';
import type { Verdict } from './verdict.js';

export interface ReplayItemRow {
  readonly id: string;
  readonly replay_id: string;
  readonly number: number;
  readonly letter_id: string;
  readonly event_id: string;
  readonly delivery_id: string;
  readonly lane: string;
  readonly verdict: Verdict['kind'];
  readonly detail: string | null;
  readonly state: ItemState;
  readonly outcome: string | null;
  readonly sent_at: Date | null;
  readonly version: number;
}

export const itemOf = (row: ReplayItemRow): ReplayItem => ({
  id: row.id,
  replayId: row.replay_id,
  number: row.number,
  letterId: row.letter_id,
  eventId: row.event_id,
  deliveryId: row.delivery_id,
  lane: row.lane,
  verdict: row.verdict,
  detail: row.detail ?? undefined,
  state: row.state,
  outcome: row.outcome ?? undefined,
  sentAt: row.sent_at ?? undefined,
  version: row.version,
});

const id = { type: 'text', of: (item: ReplayItem) => item.id };

const changing: Columns<ReplayItem> = {
  state: { type: 'text', of: (item) => item.state },
  outcome: { type: 'text', of: (item) => item.outcome ?? null },
  sent_at: { type: 'timestamptz', of: (item) => (item.sentAt ? timeText(item.sentAt) : null) },
};

const lock: Statement = { name: 'lock replay items', text: 'select * from replay_items where id = any($1) order by id for update' };

export const replayItemsTable: Table<ReplayItem> = {
  keysOf: (item) => [item.id],
  lock: async (tx, ids) => (await tx.query<ReplayItemRow>(lock, [ids])).map(itemOf),
  insert: insertInto<ReplayItem>('replay_items', {
    id,
    replay_id: { type: 'text', of: (item) => item.replayId },
    number: { type: 'int', of: (item) => item.number },
    letter_id: { type: 'text', of: (item) => item.letterId },
    event_id: { type: 'uuid', of: (item) => item.eventId },
    delivery_id: { type: 'uuid', of: (item) => item.deliveryId },
    lane: { type: 'text', of: (item) => item.lane },
    verdict: { type: 'text', of: (item) => item.verdict },
    detail: { type: 'text', of: (item) => item.detail ?? null },
    ...changing,
    version: { type: 'int', of: (item) => item.version },
  }),
  update: updateById<ReplayItem>('replay_items', id, changing),
};

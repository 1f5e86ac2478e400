import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText, updateById, type Columns } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';
import type { ReplayState } from './replay.lifecycle.js';
import type { Replay } from './replay.js';

export interface ReplayRow {
  readonly id: string;
  readonly state: ReplayState;
  readonly who: string;
  readonly selection: string;
  readonly reason: string | null;
  readonly per_second: number;
  readonly canary: number;
  readonly stopped_by: string | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export const replayOf = (row: ReplayRow): Replay => ({
  id: row.id,
  state: row.state,
  who: row.who,
  selection: row.selection,
  reason: row.reason ?? undefined,
  perSecond: row.per_second,
  canary: row.canary,
  stoppedBy: row.stopped_by ?? undefined,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

const id = { type: 'text', of: (replay: Replay) => replay.id };

const changing: Columns<Replay> = {
  state: { type: 'text', of: (replay) => replay.state },
  who: { type: 'text', of: (replay) => replay.who },
  reason: { type: 'text', of: (replay) => replay.reason ?? null },
  stopped_by: { type: 'text', of: (replay) => replay.stoppedBy ?? null },
  updated_at: { type: 'timestamptz', of: (replay) => timeText(replay.updatedAt) },
};

const lock: Statement = { name: 'lock replays', text: 'select * from replays where id = any($1) order by id for update' };

export const replaysTable: Table<Replay> = {
  keysOf: (replay) => [replay.id],
  lock: async (tx, ids) => (await tx.query<ReplayRow>(lock, [ids])).map(replayOf),
  insert: insertInto<Replay>('replays', {
    id,
    ...changing,
    selection: { type: 'text', of: (replay) => replay.selection },
    per_second: { type: 'int', of: (replay) => replay.perSecond },
    canary: { type: 'int', of: (replay) => replay.canary },
    version: { type: 'int', of: (replay) => replay.version },
    created_at: { type: 'timestamptz', of: (replay) => timeText(replay.createdAt) },
  }),
  update: updateById<Replay>('replays', id, changing),
};

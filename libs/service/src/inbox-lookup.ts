import type { DataSource } from 'typeorm';
import { lineOf } from '@falconpay/inbox/waiting-lines';
import { read, type Statement } from '@falconpay/postgres/transaction';
import type { ServiceConfiguration } from './service-definition.js';

export interface AskedEvent {
  readonly id: string;
  readonly topic: string;
  readonly key: Buffer | null;
}

interface LineView {
  readonly state: 'retrying' | 'dead';
  readonly head_id: string | null;
  readonly attempts: number;
  readonly error_class: string | null;
  readonly error_message: string | null;
  readonly blocked_since: Date;
  readonly due_at: Date | null;
  readonly replay_id: string | null;
  /** Behind the head. */
  readonly waiting: number;
}

interface EventView {
  readonly id: string;
  /** `blocked`: it is the head of its line; `waiting`: it is behind it; `unknown`: never taken in, or forgotten. */
  readonly state: 'processed' | 'blocked' | 'waiting' | 'unknown';
  readonly settled_at: Date | null;
  readonly outcome: string | null;
  readonly line: LineView | null;
}

const dayMs = 86_400_000;

// One statement, so one moment: an event is never seen in two states.
const lookUp: Statement = {
  name: 'look up inbox',
  text: `select asked.ordinal::int as ordinal, inbox.event_id is not null as known, held.event_id is not null as held,
      head.id is not null as is_head, coalesce(inbox.settled_at, inbox.received_at) as settled_at, inbox.outcome,
      line.state, line.head_id, line.attempts, line.error_class, line.error_message, line.blocked_at as blocked_since, line.due_at, line.replay_id,
      case when line.id is null then 0 else (select count(*)::int from held_events behind
        where behind.line = line.id and behind.event_id is distinct from line.head_id) end as waiting
    from unnest($1::uuid[], $2::uuid[]) with ordinality as asked(event_id, line, ordinal)
    left join inbox on inbox.event_id = asked.event_id
    left join held_events held on held.event_id = asked.event_id
    left join blocked_lines head on head.head_id = asked.event_id
    left join blocked_lines line on line.id = coalesce(head.id, held.line, asked.line)
    order by asked.ordinal`,
};

interface Found extends Omit<LineView, 'state'> {
  readonly ordinal: number;
  readonly known: boolean;
  readonly held: boolean;
  readonly is_head: boolean;
  readonly settled_at: Date | null;
  readonly outcome: string | null;
  readonly state: LineView['state'] | null;
}

/** What has become of events here: so that a dead letter is never sent back blindly. */
export class InboxLookup {
  constructor(
    private readonly source: DataSource,
    private readonly memory: Pick<ServiceConfiguration, 'INBOX_RETENTION_DAYS' | 'REPLAY_COUNT_MAX'>,
  ) {}

  async lookUp(events: readonly AskedEvent[]): Promise<{ remembers_since: Date; replay_count_max: number; data: EventView[] }> {
    const lines = events.map(({ topic, key, id }) => lineOf(topic, key, id));
    const found = await read<Found>(this.source, lookUp, [events.map(({ id }) => id), lines]);
    return {
      remembers_since: new Date(Date.now() - this.memory.INBOX_RETENTION_DAYS * dayMs),
      replay_count_max: this.memory.REPLAY_COUNT_MAX,
      data: found.map((row, index) => viewOf(events[index]?.id ?? '', row)),
    };
  }
}

function viewOf(id: string, row: Found): EventView {
  const state = row.is_head ? 'blocked' : row.held ? 'waiting' : row.known ? 'processed' : 'unknown';
  const isSettled = state === 'processed';
  return {
    id,
    state,
    settled_at: isSettled ? row.settled_at : null,
    outcome: isSettled ? (row.outcome ?? 'done') : null,
    line: lineView(row),
  };
}

function lineView({ state, ...row }: Found): LineView | null {
  if (state === null) return null;
  const { head_id, attempts, error_class, error_message, blocked_since, due_at, replay_id, waiting } = row;
  return { state, head_id, attempts, error_class, error_message, blocked_since, due_at, replay_id, waiting };
}

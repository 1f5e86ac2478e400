import type { DataSource } from 'typeorm';
import { read, type Statement } from '@falconpay/postgres/transaction';
import type { TimelineEventRow } from './timeline-event.table.js';
import type { TimelineEvent } from './timeline-event.js';

const find: Statement = {
  name: 'find timeline events',
  text: `select * from timeline_events where saga_id = any($1) order by at, published_at`,
};

/** The events of each of these, in the order in which they became true. */
export async function readTimelines(source: DataSource, sagaIds: readonly string[]): Promise<Map<string, TimelineEvent[]>> {
  const timelines = new Map<string, TimelineEvent[]>();
  for (const row of sagaIds.length === 0 ? [] : await read<TimelineEventRow>(source, find, [sagaIds])) {
    const event = eventOf(row);
    const known = timelines.get(event.sagaId);
    if (known) known.push(event);
    else timelines.set(event.sagaId, [event]);
  }
  return timelines;
}

const eventOf = (row: TimelineEventRow): TimelineEvent => ({
  sagaId: row.saga_id,
  eventId: row.event_id,
  topic: row.topic,
  service: row.service,
  at: row.at,
  publishedAt: row.published_at,
  causationId: row.causation_id ?? undefined,
  sequence: row.sequence ?? undefined,
  why: row.code === null ? undefined : { code: row.code, detail: row.detail ?? '' },
});

import type { Table } from '@falconpay/pipeline/table';
import type { DayPartitioned } from '@falconpay/postgres/day-partitions';
import { insertInto, timeText } from '@falconpay/postgres/set-based';
import type { TimelineEvent } from './timeline-event.js';

export interface TimelineEventRow {
  readonly saga_id: string;
  readonly event_id: string;
  readonly topic: string;
  readonly service: string;
  readonly at: Date;
  readonly published_at: Date;
  readonly causation_id: string | null;
  readonly sequence: number | null;
  readonly code: string | null;
  readonly detail: string | null;
}

/** Only added to; days go whole. */
export const timelineEventsTable: Table<TimelineEvent> = {
  keysOf: () => [],
  insert: insertInto<TimelineEvent>('timeline_events', {
    saga_id: { type: 'text', of: (event) => event.sagaId },
    event_id: { type: 'uuid', of: (event) => event.eventId },
    topic: { type: 'text', of: (event) => event.topic },
    service: { type: 'text', of: (event) => event.service },
    at: { type: 'timestamptz', of: (event) => timeText(event.at) },
    published_at: { type: 'timestamptz', of: (event) => timeText(event.publishedAt) },
    causation_id: { type: 'text', of: (event) => event.causationId ?? null },
    sequence: { type: 'int', of: (event) => event.sequence ?? null },
    code: { type: 'text', of: (event) => event.why?.code ?? null },
    detail: { type: 'text', of: (event) => event.why?.detail ?? null },
  }),
};

export const timelinePartitions = (keepDays: number): DayPartitioned => ({
  table: 'timeline_events',
  boundOf: (day) => day.toISOString(),
  keepDays,
});

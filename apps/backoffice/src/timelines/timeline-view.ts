import type { JsonSchema } from '@falconpay/http/endpoint-docs';
import { consumeLagMs, publishLagMs, type DueStep } from './timeline.js';
import type { EventStanding } from '../replays/inbox-answer.js';
import type { TimelineEvent } from './timeline-event.js';

export const eventView = (event: TimelineEvent, events: readonly TimelineEvent[]) => ({
  event: event.topic,
  event_id: event.eventId,
  service: event.service,
  committed_at: event.at.toISOString(),
  publish_lag_ms: publishLagMs(event),
  consume_lag_ms: consumeLagMs(event, events) ?? null,
  caused_by: event.causationId ?? null,
  sequence: event.sequence ?? null,
  why: event.why ?? null,
});

/** Where the event that is waited on stands with its consumer, when that can be asked. */
export const consumerView = (standing: EventStanding | undefined) =>
  standing
    ? {
        state: standing.state,
        tries: standing.line?.attempts ?? 0,
        error: standing.line ? `${standing.line.errorClass}: ${standing.line.errorMessage}` : null,
      }
    : null;

export const expectedView = (step: DueStep) => ({
  service: step.by,
  does: step.does,
  because: step.because,
  since: step.since.toISOString(),
  due_at: step.dueAt.toISOString(),
  overdue: step.isOverdue,
  one_of: step.topics,
  awaits: step.awaits ?? null,
});

const time = { type: 'string', format: 'date-time' } as const;
const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;

export const eventSchema = {
  type: 'object',
  properties: {
    ...{ event: text, event_id: text, service: text, committed_at: time },
    publish_lag_ms: { ...count, description: 'From the commit until it was on its topic' },
    consume_lag_ms: {
      type: ['integer', 'null'],
      description: 'How long the event that caused it lay on its topic before this service answered it',
    },
    caused_by: { type: ['string', 'null'] },
    sequence: { type: ['integer', 'null'] },
    why: {
      type: ['object', 'null'],
      properties: { code: text, detail: text },
      required: ['code', 'detail'],
      description: 'Of what was refused or has failed; the detail may be more than clients are told',
    },
  },
  required: ['event', 'event_id', 'service', 'committed_at', 'publish_lag_ms', 'consume_lag_ms', 'caused_by', 'sequence', 'why'],
} satisfies JsonSchema;

export const expectedSchema = {
  type: 'object',
  properties: {
    ...{ service: text, does: text, because: text, since: time, due_at: time, overdue: { type: 'boolean' } },
    one_of: { type: 'array', items: text, description: 'The events one of which is waited for' },
    awaits: { enum: ['timer', 'outside-world', 'http', null], description: 'What it waits for where no event leads on' },
    consumer: {
      type: ['object', 'null'],
      properties: { state: text, tries: count, error: { type: ['string', 'null'] } },
      description:
        'What the service says of the event it is to answer: unknown, blocked (it is tried again, or lies with the dead letters), waiting behind another, processed',
    },
  },
  required: ['service', 'does', 'because', 'since', 'due_at', 'overdue', 'one_of', 'awaits'],
} satisfies JsonSchema;

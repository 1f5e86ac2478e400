import type { JsonSchema } from '@falconpay/http/endpoint-docs';
import type { HeaderPair } from '@falconpay/kafka/kept-record';
import { decoded, faultIn } from './contract-check.js';
import type { DeadLetter, LetterSummary } from './dead-letter.js';
import { deadLetterLifecycle } from './dead-letter.lifecycle.js';

/** A dead letter as lists show it. */
export const letterView = (letter: LetterSummary) => ({
  id: letter.id,
  status: letter.state,
  ...{ topic: letter.topic, group: letter.group, partition: letter.partition, offset: letter.offset },
  event_id: letter.eventId,
  saga_id: letter.sagaId,
  ...{ kind: letter.kind, handler: letter.handler ?? null, service_version: letter.serviceVersion ?? null },
  error: { class: letter.errorClass, message: letter.errorMessage },
  fingerprint: letter.fingerprint,
  attempts: letter.attempts,
  first_failed_at: letter.firstFailedAt.toISOString(),
  failed_at: letter.failedAt.toISOString(),
  replays: letter.replays,
  replay_id: letter.replayId ?? null,
  edited_as: letter.replacement?.eventId ?? null,
  created_at: letter.createdAt.toISOString(),
  updated_at: letter.updatedAt.toISOString(),
});

/** All of it: what it says, and whether that is what its topic promises. */
export const wholeLetterView = (letter: DeadLetter) => ({
  ...letterView(letter),
  error: { ...letterView(letter).error, stack: letter.errorStack ?? null },
  key: bytesView(letter.key),
  value: bytesView(letter.value),
  headers: letter.headers.map(headerView),
  data: decoded(letter.value) ?? null,
  contract_fault: faultIn(letter.topic, letter.value) ?? null,
  edited: letter.replacement
    ? { event_id: letter.replacement.eventId, data: decoded(letter.replacement.value) ?? null, value: bytesView(letter.replacement.value) }
    : null,
});

const headerView = ([name, value]: HeaderPair) =>
  value === null ? { name, text: null, base64: null } : { name, ...textOrNothing(Buffer.from(value, 'base64')), base64: value };

const bytesView = (bytes: Buffer | undefined) =>
  bytes === undefined ? null : { size: bytes.length, ...textOrNothing(bytes), base64: bytes.toString('base64') };

/** The text that these bytes are, if they are one. */
function textOrNothing(bytes: Buffer): { text: string | null } {
  const text = bytes.toString('utf8');
  return { text: Buffer.from(text, 'utf8').equals(bytes) ? text : null };
}

const text = { type: 'string' } as const;
const time = { type: 'string', format: 'date-time' } as const;
const maybeText = { type: ['string', 'null'] } as const;
const count = { type: 'integer', minimum: 0 } as const;

export const letterSchema = {
  type: 'object',
  properties: {
    id: text,
    status: { enum: [...deadLetterLifecycle.states] },
    ...{ topic: text, group: text, partition: count, offset: text, event_id: text },
    kind: { ...text, description: 'poison, transient (tried until its time was up), unknown-type or newer-schema' },
    handler: { ...maybeText, description: 'The use case that was to take it in' },
    service_version: maybeText,
    saga_id: { ...text, description: 'The record’s key: the payment or withdrawal it is about' },
    error: { type: 'object', properties: { class: text, message: text }, required: ['class', 'message'] },
    fingerprint: { ...text, description: 'The same for failures of one kind, over all services' },
    ...{ attempts: count, first_failed_at: time, failed_at: time },
    replays: { ...count, description: 'How often it has been sent again' },
    replay_id: { ...maybeText, description: 'The replay after which it came back' },
    edited_as: { ...maybeText, description: 'The event that a replay delivers in its place' },
    ...{ created_at: time, updated_at: time },
  },
  required: [
    'id',
    'status',
    'topic',
    'group',
    'event_id',
    'saga_id',
    'error',
    'fingerprint',
    'attempts',
    'failed_at',
    'replays',
    'created_at',
  ],
} satisfies JsonSchema;

const bytes = {
  type: ['object', 'null'],
  properties: { size: count, text: maybeText, base64: text },
  description: 'To the byte; `text` when it is one',
} as const;

export const wholeLetterSchema = {
  ...letterSchema,
  properties: {
    ...letterSchema.properties,
    key: bytes,
    value: bytes,
    headers: { type: 'array', items: { type: 'object', properties: { name: text, text: maybeText, base64: maybeText } } },
    data: { description: 'The value as JSON, if it is that' },
    contract_fault: { ...maybeText, description: 'What keeps it from being an event of its topic' },
    edited: { type: ['object', 'null'], properties: { event_id: text, data: {}, value: bytes } },
    notes: { type: 'array', items: { type: 'object', properties: { at: time, who: text, note: text } } },
    events: { type: 'array', items: { type: 'object' }, description: 'What else was published about the same payment or withdrawal' },
    others: { type: 'array', items: text, description: 'Other dead letters of the same payment or withdrawal' },
  },
} satisfies JsonSchema;

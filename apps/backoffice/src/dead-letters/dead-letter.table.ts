import type { HeaderPair } from '@falconpay/kafka/kept-record';
import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText, updateById, type Columns } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';
import type { DeadLetterState } from './dead-letter.lifecycle.js';
import type { DeadLetter, LetterSummary } from './dead-letter.js';

export interface LetterSummaryRow {
  readonly id: string;
  readonly topic: string;
  readonly consumer_group: string;
  readonly source_partition: number;
  readonly source_offset: bigint;
  readonly event_id: string;
  readonly saga_id: string;
  readonly kind: string;
  readonly handler: string | null;
  readonly service_version: string | null;
  readonly error_class: string;
  readonly error_message: string;
  readonly fingerprint: string;
  readonly attempts: number;
  readonly first_failed_at: Date;
  readonly failed_at: Date;
  readonly replay_id: string | null;
  readonly state: DeadLetterState;
  readonly replays: number;
  readonly replacement_id: string | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface DeadLetterRow extends LetterSummaryRow {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly HeaderPair[];
  readonly error_stack: string | null;
  readonly replacement: Buffer | null;
}

export const summaryColumns = `id, topic, consumer_group, source_partition, source_offset, event_id, saga_id, kind, handler, service_version,
  error_class, error_message, fingerprint, attempts, first_failed_at, failed_at, replay_id, state, replays, replacement_id, version, created_at,
  updated_at`;

/** How much a letter is that is read whole. */
export const letterBytesSql = `(coalesce(octet_length(key), 0) + coalesce(octet_length(value), 0) + coalesce(octet_length(headers::text), 0)
  + coalesce(octet_length(replacement), 0))`;

export const summaryOf = (row: LetterSummaryRow): LetterSummary => ({
  id: row.id,
  topic: row.topic,
  group: row.consumer_group,
  partition: row.source_partition,
  offset: String(row.source_offset),
  eventId: row.event_id,
  sagaId: row.saga_id,
  kind: row.kind,
  handler: row.handler ?? undefined,
  serviceVersion: row.service_version ?? undefined,
  errorClass: row.error_class,
  errorMessage: row.error_message,
  fingerprint: row.fingerprint,
  attempts: row.attempts,
  firstFailedAt: row.first_failed_at,
  failedAt: row.failed_at,
  replayId: row.replay_id ?? undefined,
  state: row.state,
  replays: row.replays,
  replacement: row.replacement_id === null ? undefined : { eventId: row.replacement_id },
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export const deadLetterOf = (row: DeadLetterRow): DeadLetter => ({
  ...summaryOf(row),
  key: row.key ?? undefined,
  value: row.value ?? undefined,
  headers: row.headers,
  errorStack: row.error_stack ?? undefined,
  replacement: row.replacement_id === null ? undefined : { eventId: row.replacement_id, value: row.replacement ?? Buffer.alloc(0) },
});

const hexOf = (bytes: Buffer | undefined): string | null => (bytes ? `\\x${bytes.toString('hex')}` : null);
const id = { type: 'text', of: (letter: DeadLetter) => letter.id };

const changing: Columns<DeadLetter> = {
  state: { type: 'text', of: (letter) => letter.state },
  replays: { type: 'int', of: (letter) => letter.replays },
  replacement_id: { type: 'uuid', of: (letter) => letter.replacement?.eventId ?? null },
  replacement: { type: 'bytea', of: (letter) => hexOf(letter.replacement?.value) },
  updated_at: { type: 'timestamptz', of: (letter) => timeText(letter.updatedAt) },
};

const lock: Statement = { name: 'lock dead letters', text: `select * from dead_letters where id = any($1) order by id for update` };

/** What the record was never changes; what is done about it does. */
export const deadLettersTable: Table<DeadLetter> = {
  keysOf: (letter) => [letter.id],
  lock: async (tx, ids) => (await tx.query<DeadLetterRow>(lock, [ids])).map(deadLetterOf),
  insert: insertInto<DeadLetter>('dead_letters', {
    id,
    topic: { type: 'text', of: (letter) => letter.topic },
    consumer_group: { type: 'text', of: (letter) => letter.group },
    source_partition: { type: 'int', of: (letter) => letter.partition },
    source_offset: { type: 'bigint', of: (letter) => letter.offset },
    event_id: { type: 'uuid', of: (letter) => letter.eventId },
    saga_id: { type: 'text', of: (letter) => letter.sagaId },
    key: { type: 'bytea', of: (letter) => hexOf(letter.key) },
    value: { type: 'bytea', of: (letter) => hexOf(letter.value) },
    headers: { type: 'json', of: (letter) => JSON.stringify(letter.headers) },
    kind: { type: 'text', of: (letter) => letter.kind },
    handler: { type: 'text', of: (letter) => letter.handler ?? null },
    service_version: { type: 'text', of: (letter) => letter.serviceVersion ?? null },
    error_class: { type: 'text', of: (letter) => letter.errorClass },
    error_message: { type: 'text', of: (letter) => letter.errorMessage },
    error_stack: { type: 'text', of: (letter) => letter.errorStack ?? null },
    fingerprint: { type: 'text', of: (letter) => letter.fingerprint },
    attempts: { type: 'int', of: (letter) => letter.attempts },
    first_failed_at: { type: 'timestamptz', of: (letter) => timeText(letter.firstFailedAt) },
    failed_at: { type: 'timestamptz', of: (letter) => timeText(letter.failedAt) },
    replay_id: { type: 'text', of: (letter) => letter.replayId ?? null },
    ...changing,
    version: { type: 'int', of: (letter) => letter.version },
    created_at: { type: 'timestamptz', of: (letter) => timeText(letter.createdAt) },
  }),
  update: updateById<DeadLetter>('dead_letters', id, changing),
};

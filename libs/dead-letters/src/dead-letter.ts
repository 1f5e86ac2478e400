import { deadLetterTopic } from '@falconpay/choreography/topic';
import type { InboundRecord } from '@falconpay/kafka/inbound-record';
import { headerPairsOf, type HeaderPair } from '@falconpay/kafka/kept-record';
import type { OutboxEvent } from '@falconpay/outbox/outbox-event';
import type { Failure } from './failure.js';
import { fingerprintOf } from './fingerprint.js';
import { redacted } from './redacted.js';

export interface SetAside {
  readonly record: InboundRecord;
  /** What the group knows the record by. */
  readonly eventId: string;
  readonly group: string;
  readonly serviceVersion: string;
  readonly failure: Failure;
  readonly attempts: number;
  readonly firstFailedAt: Date;
  readonly at: Date;
  readonly replay: { readonly id: string; readonly count: number } | undefined;
  /** Of the outbox's row. */
  readonly id: string;
}

const classBytesMax = 200;
const messageBytesMax = 1_024;
const stackBytesMax = 4_096;
/** The row's key is for people; the record's own is kept beside it, to the byte. */
const shownKeyMax = 200;

/**
 * The record as it came, to the byte, on its way to `<topic>.<group>.dlq`. It leaves by the outbox, in the transaction
 * that takes it in: either both happened or neither. Our headers come last: of a repeated one the last is ours.
 */
export function deadLetterOf(setAside: SetAside): OutboxEvent {
  const { record, group, at, id } = setAside;
  return {
    id,
    topic: deadLetterTopic(record.topic, group),
    key: record.key?.toString('utf8').replaceAll('\0', '').slice(0, shownKeyMax) ?? '',
    type: 'dead-letter',
    time: at,
    payload: record.value?.toString('base64') ?? '',
    sequence: undefined,
    causationId: undefined,
    traceparent: undefined,
    verbatim: {
      key: record.key?.toString('base64') ?? null,
      ...(record.value === null && { withoutValue: true }),
      headers: [...headerPairsOf(record.headers), ...encoded(aboutOf(setAside))],
    },
  };
}

function aboutOf({ record, eventId, group, serviceVersion, failure, attempts, firstFailedAt, at, replay }: SetAside) {
  return {
    'x-dlq-event-id': eventId,
    'x-dlq-topic': record.topic,
    'x-dlq-partition': String(record.partition),
    'x-dlq-offset': record.offset,
    'x-dlq-timestamp': record.timestamp,
    'x-dlq-group': group,
    'x-dlq-class': failure.failureClass,
    'x-dlq-handler': failure.handler,
    'x-dlq-attempts': String(attempts),
    'x-dlq-first-failed-at': firstFailedAt.toISOString(),
    'x-dlq-last-failed-at': at.toISOString(),
    'x-dlq-error-class': redacted(failure.errorClass, classBytesMax),
    'x-dlq-error-message': redacted(failure.message, messageBytesMax),
    'x-dlq-error-stack': failure.stack && redacted(failure.stack, stackBytesMax),
    'x-dlq-error-fingerprint': fingerprintOf(failure),
    'x-dlq-service-version': serviceVersion,
    'x-dlq-replay-id': replay?.id,
    'x-dlq-replay-count': replay && String(replay.count),
    // For tools that know where a dead letter came from by Spring's name for it.
    'kafka_dlt-original-topic': record.topic,
  };
}

const encoded = (headers: Readonly<Record<string, string | undefined>>): HeaderPair[] =>
  Object.entries(headers).flatMap(([name, value]): HeaderPair[] =>
    value === undefined ? [] : [[name, Buffer.from(value).toString('base64')]],
  );

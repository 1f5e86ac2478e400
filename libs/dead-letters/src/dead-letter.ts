import { deadLetterTopic } from '@falconpay/choreography/topic';
import type { InboundRecord } from '@falconpay/kafka/inbound-record';
import type { OutboxEvent } from '@falconpay/outbox/outbox-event';

/** Why a record was set aside: a stable class for grouping, a message for people. */
export interface SetAsideReason {
  readonly errorClass: string;
  readonly message: string;
}

export interface SetAside {
  readonly record: InboundRecord;
  readonly group: string;
  readonly reason: SetAsideReason;
  readonly at: Date;
  readonly id: string;
}

const messageBytesMax = 1_024;

/** Runs of 12 digits and more could be a card's number: they do not belong in a header. */
const redacted = (text: string): string => text.replace(/\d{12,}/g, '[redacted]').slice(0, messageBytesMax);

/**
 * The record as it came, to the byte, on its way to `<topic>.<group>.dlq`. It leaves by the outbox, in the transaction
 * that takes it in: either both happened or neither.
 */
export function deadLetterOf({ record, group, reason, at, id }: SetAside): OutboxEvent {
  const about: Record<string, string> = {
    'x-dlq-topic': record.topic,
    'x-dlq-partition': String(record.partition),
    'x-dlq-offset': record.offset,
    'x-dlq-timestamp': record.timestamp,
    'x-dlq-group': group,
    'x-dlq-attempts': '1',
    'x-dlq-first-failed-at': at.toISOString(),
    'x-dlq-error-class': reason.errorClass,
    'x-dlq-error-message': redacted(reason.message),
  };
  return {
    id,
    topic: deadLetterTopic(record.topic, group),
    key: record.key?.toString('utf8').replaceAll('\0', '') ?? '',
    type: 'dead-letter',
    time: at,
    payload: record.value?.toString('base64') ?? '',
    sequence: undefined,
    causationId: undefined,
    traceparent: undefined,
    verbatim: { key: record.key?.toString('base64') ?? null, headers: [...originalHeaders(record), ...encoded(about)] },
  };
}

function originalHeaders(record: InboundRecord): [string, string][] {
  return Object.entries(record.headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((each): [string, string][] =>
      each === undefined ? [] : [[name, Buffer.from(each).toString('base64')]],
    ),
  );
}

const encoded = (headers: Record<string, string>): [string, string][] =>
  Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);

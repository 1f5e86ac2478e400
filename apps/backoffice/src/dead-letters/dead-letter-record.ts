import { createHash } from 'node:crypto';
import { headerOf, type InboundRecord } from '@falconpay/kafka/inbound-record';
import { headerPairsOf, type HeaderPair } from '@falconpay/kafka/kept-record';
import { keptTime } from '../kept-time.js';

/** A record of a dead-letter topic, read apart: the original, to the byte, and what its consumer wrote beside it. */
export interface DeadLetterRecord {
  /** Where the record was first, and who could not take it in. */
  readonly topic: string;
  readonly group: string;
  readonly partition: number;
  readonly offset: string;
  /** By which the group knows the record: the event's own id, or one made of its place. */
  readonly eventId: string;
  /** The key as text: the payment, withdrawal … it is about. */
  readonly sagaId: string;
  readonly key: Buffer | undefined;
  readonly value: Buffer | undefined;
  readonly headers: readonly HeaderPair[];
  /** `poison`, `transient`, `unknown-type`, `newer-schema`. */
  readonly kind: string;
  /** The use case that was to take it in; undefined when it was not understood. */
  readonly handler: string | undefined;
  readonly serviceVersion: string | undefined;
  readonly errorClass: string;
  readonly errorMessage: string;
  readonly errorStack: string | undefined;
  readonly fingerprint: string;
  readonly attempts: number;
  readonly firstFailedAt: Date;
  readonly failedAt: Date;
  /** The delivery by which it failed again, when it did. */
  readonly replayId: string | undefined;
  /** How often it has been sent again. */
  readonly replays: number;
}

/** What the group that failed writes behind the record's own headers. */
const writtenBeside = new Set(
  [
    ...['event-id', 'topic', 'partition', 'offset', 'timestamp', 'group', 'class', 'handler', 'attempts', 'first-failed-at'],
    ...[
      'last-failed-at',
      'error-class',
      'error-message',
      'error-stack',
      'error-fingerprint',
      'service-version',
      'replay-id',
      'replay-count',
    ],
  ].map((name) => `x-dlq-${name}`),
).add('kafka_dlt-original-topic');
const fingerprint = /^[0-9a-f]{16}$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Nothing about it is believed to be as it should: whatever a record says, it has a place in the store. */
export function readDeadLetter(record: InboundRecord, source: { topic: string; group: string }, idOfPlace: string): DeadLetterRecord {
  const about = (name: string): string | undefined => storable(headerOf(record, `x-dlq-${name}`));
  const at = keptTime(Number.parseInt(record.timestamp, 10)) ?? new Date(0);
  const failedAt = instant(about('last-failed-at')) ?? at;
  const errorClass = about('error-class') ?? 'Unknown';
  const errorMessage = about('error-message') ?? '';
  const eventId = about('event-id') ?? headerOf(record, 'ce_id');
  const stated = about('error-fingerprint') ?? '';
  return {
    ...source,
    partition: count(about('partition')) ?? record.partition,
    offset: String(wholeNumber(about('offset')) ?? record.offset),
    eventId: eventId !== undefined && uuid.test(eventId) ? eventId : idOfPlace,
    sagaId: storable(record.key?.toString('utf8'))?.slice(0, 200) ?? '',
    key: record.key ?? undefined,
    value: record.value ?? undefined,
    headers: withoutLast(headerPairsOf(record.headers), writtenBeside),
    ...{ kind: about('class') ?? 'unknown', handler: about('handler'), serviceVersion: about('service-version') },
    ...{ errorClass, errorMessage, errorStack: about('error-stack') },
    // Letters of before fingerprints were written: alike by the class of their error.
    fingerprint: fingerprint.test(stated) ? stated : createHash('sha256').update(errorClass).digest('hex').slice(0, 16),
    attempts: count(about('attempts')) ?? 1,
    firstFailedAt: instant(about('first-failed-at')) ?? failedAt,
    failedAt,
    replayId: about('replay-id'),
    replays: count(about('replay-count')) ?? 0,
  };
}

/** Of a name that was there before, only the last is the group's: one before it came with the record. */
function withoutLast(headers: readonly HeaderPair[], names: ReadonlySet<string>): HeaderPair[] {
  const left = new Set(names);
  return headers
    .toReversed()
    .filter(([name]) => !left.delete(name))
    .toReversed();
}

/** Postgres has no place for NUL in a text. */
const storable = (text: string | undefined): string | undefined => text?.replaceAll('\0', '').toWellFormed();

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number.parseInt(text, 10) : undefined;
}

/** As large as its column is. */
function count(text: string | undefined): number | undefined {
  const number = wholeNumber(text);
  return number !== undefined && number < 2 ** 31 ? number : undefined;
}

const instant = (text: string | undefined): Date | undefined => keptTime(Date.parse(text ?? ''));

import { createHash } from 'node:crypto';
import type { JsonSchema } from '@falconpay/choreography/example-of-schema';
import { servicesOf, topicsHeardBy } from '@falconpay/choreography/participants';
import { consumerGroup, deadLetterTopic, sagas, topics, type Service } from '@falconpay/contracts/choreography';
import { headerOf, type InboundRecord } from '@falconpay/kafka/inbound-record';
import type { Intake } from '@falconpay/pipeline/intake';
import type { UseCase } from '@falconpay/pipeline/use-case';
import type { EventWork } from '@falconpay/pipeline/work';
import type { BackofficeRows } from './backoffice-rows.js';
import { readDeadLetter } from './dead-letters/dead-letter-record.js';
import { storeDeadLetter } from './dead-letters/store-dead-letter/store-dead-letter.js';
import { keptTime } from './kept-time.js';
import { recordEvent } from './timelines/record-event/record-event.js';
import type { TimelineEvent, Why } from './timelines/timeline-event.js';

/** Each topic of dead letters, and whose they are. */
const deadLetterTopics = new Map(
  servicesOf(sagas).flatMap((service) => {
    const group = consumerGroup(service as Service);
    return topicsHeardBy(sagas, service).map((topic) => [deadLetterTopic(topic, group), { topic, group }] as const);
  }),
);
/** Those that say why something was refused or has failed. */
const tellingWhy = new Set(topics.filter(({ schema }) => 'code' in ((schema as JsonSchema).properties ?? {})).map(({ name }) => name));
const publishers = new Map(topics.map(({ name, publisher }) => [name, publisher]));

/** As much of a text of somebody else's as Postgres keeps and people read. */
const kept = (text: string, mostCharacters: number): string => text.replaceAll('\0', '').slice(0, mostCharacters);

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const source = /^\/services\/([a-z-]{1,40})$/;

/** The back office hears every topic there is, and understands whatever comes: it looks on, and sets nothing aside. */
export class BackofficeIntake implements Intake<BackofficeRows> {
  readonly topics = [...publishers.keys(), ...deadLetterTopics.keys()];

  understand(record: InboundRecord): EventWork<BackofficeRows> {
    const letters = deadLetterTopics.get(record.topic);
    // One event may be set aside by several groups, and again after a replay: a letter is known by its place.
    if (letters) return workOf(record, idOfPlace(record), storeDeadLetter, readDeadLetter(record, letters, idOfPlace(record)));
    const id = headerOf(record, 'ce_id');
    const eventId = id !== undefined && uuid.test(id) ? id : idOfPlace(record);
    return workOf(record, eventId, recordEvent, timelineEventOf(record, eventId));
  }
}

function workOf<Message>(
  record: InboundRecord,
  eventId: string,
  useCase: UseCase<BackofficeRows, Message>,
  message: Message,
): EventWork<BackofficeRows> {
  const todo = { useCase: useCase as UseCase<BackofficeRows, unknown>, message };
  return { kind: 'event', record, eventId, traceparent: headerOf(record, 'traceparent'), todo };
}

function timelineEventOf(record: InboundRecord, eventId: string): TimelineEvent {
  const { topic, key } = record;
  const publishedAt = keptTime(Number.parseInt(record.timestamp, 10)) ?? new Date(0);
  const causationId = headerOf(record, 'ce_causationid');
  const sequence = Number.parseInt(headerOf(record, 'ce_sequence') ?? '', 10);
  return {
    sagaId: kept(key?.toString('utf8') ?? '', 200),
    eventId,
    topic,
    service: source.exec(headerOf(record, 'ce_source') ?? '')?.[1] ?? publishers.get(topic) ?? '',
    at: keptTime(Date.parse(headerOf(record, 'ce_time') ?? '')) ?? publishedAt,
    publishedAt,
    causationId: causationId === undefined ? undefined : kept(causationId, 200),
    sequence: sequence >= 0 && sequence < 2 ** 31 ? sequence : undefined,
    why: tellingWhy.has(topic) ? whyIn(record) : undefined,
  };
}

function whyIn({ value }: InboundRecord): Why | undefined {
  try {
    const { code, detail } = JSON.parse(value?.toString('utf8') ?? '') as Record<string, unknown>;
    return typeof code === 'string' && typeof detail === 'string' ? { code: kept(code, 40), detail: kept(detail, 500) } : undefined;
  } catch {
    return undefined;
  }
}

/** Begins with the record's time, as ids in the inbox do: it is forgotten with them. */
function idOfPlace({ topic, partition, offset, timestamp }: InboundRecord): string {
  const time = Math.max(0, Number.parseInt(timestamp, 10) || 0)
    .toString(16)
    .padStart(12, '0')
    .slice(-12);
  const hex = createHash('sha256').update(`${topic}/${partition}/${offset}`).digest('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-8${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
}

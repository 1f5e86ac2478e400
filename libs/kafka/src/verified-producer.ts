import './kafkajs-mended.js';
import { Partitioners, type Kafka, type Message, type Producer, type RecordMetadata } from 'kafkajs';
import type { KafkaOptions } from './kafka-client.js';
import { partitionOfKey } from './partition-of-key.js';

export interface OutboundRecord {
  readonly topic: string;
  readonly message: Message;
}

export interface ProducerEvents {
  /** The broker acknowledged a send without covering all of it: what is missing is sent again. */
  onUnverified(records: number): void;
}

/** The broker will not have one of the records, however often it is sent: for what is in it. */
export class RecordRefused extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
    this.name = 'RecordRefused';
  }
}
const refusals = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']);

/** kafkajs makes one record batch per partition and request, and the broker takes about 1 MiB. */
const bytesPerSendMax = 800_000;

interface Addressed extends OutboundRecord {
  readonly partition: number;
}

/**
 * A producer whose sends are checked. kafkajs can resolve a send with part of it missing, when a leader moves within the
 * send; so every partition addressed must be covered by the answer, and offsets must advance. Plain, not idempotent: an
 * idempotent kafkajs producer reuses sequence numbers after an ambiguous time-out, and loses more. One send at a time, and
 * after any error a new producer. What is sent twice is absorbed by the consumers' inboxes.
 */
export class VerifiedProducer {
  private producer: Producer | undefined;
  private partitions = new Map<string, number>();
  private readonly nextOffset = new Map<string, bigint>();

  constructor(
    private readonly kafka: Kafka,
    private readonly options: KafkaOptions,
    private readonly events: ProducerEvents,
  ) {}

  /** Resolves when every record is acknowledged; rejects when that is not known, with RecordRefused when it never will be. Never call it twice at a time. */
  async send(records: readonly OutboundRecord[]): Promise<void> {
    try {
      const addressed = await this.address(records);
      for (const part of parts(addressed)) await this.sendPart(part);
    } catch (error) {
      await this.discard();
      throw isRefusal(error) ? new RecordRefused(error) : error;
    }
  }

  async close(): Promise<void> {
    await this.discard();
  }

  private async sendPart(part: readonly Addressed[]): Promise<void> {
    let missing = part;
    for (let attempt = 1; missing.length > 0; attempt += 1) {
      if (attempt > 3) throw new Error(`the broker left ${missing.length} of ${part.length} records unacknowledged three times`);
      const answer = await (await this.connected()).sendBatch({ acks: -1, timeout: 10_000, topicMessages: byTopic(missing) });
      missing = this.notCovered(missing, answer);
      if (missing.length === 0) return;
      this.events.onUnverified(missing.length);
      await this.discard();
    }
  }

  /** The records whose partition the answer does not cover with an offset beyond the last one seen there. */
  private notCovered(sent: readonly Addressed[], answer: readonly RecordMetadata[]): readonly Addressed[] {
    const counts = countByPartition(sent);
    const covered = new Set<string>();
    for (const { topicName, partition, errorCode, baseOffset } of answer) {
      const at = `${topicName}/${partition}`;
      const count = counts.get(at);
      if (count === undefined || errorCode !== 0 || baseOffset === undefined) continue;
      const base = BigInt(baseOffset);
      if (base < (this.nextOffset.get(at) ?? 0n)) continue;
      this.nextOffset.set(at, base + BigInt(count));
      covered.add(at);
    }
    return covered.size === counts.size ? [] : sent.filter((record) => !covered.has(`${record.topic}/${record.partition}`));
  }

  /** The partition is chosen here, as the Java client would, so that it is known what the answer must cover. */
  private async address(records: readonly OutboundRecord[]): Promise<Addressed[]> {
    await this.learnPartitions(new Set(records.map((record) => this.options.prefix + record.topic)));
    return records.map(({ topic: name, message }) => {
      const topic = this.options.prefix + name;
      const partition = partitionOfKey(message.key, this.partitions.get(topic) ?? 1);
      return { topic, partition, message: { ...message, partition } };
    });
  }

  private async learnPartitions(topics: ReadonlySet<string>): Promise<void> {
    const unknown = [...topics].filter((topic) => !this.partitions.has(topic));
    if (unknown.length === 0) return;
    const admin = this.kafka.admin();
    try {
      await admin.connect();
      const { topics: found } = await admin.fetchTopicMetadata({ topics: unknown });
      for (const { name, partitions } of found) this.partitions.set(name, partitions.length);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }

  private async connected(): Promise<Producer> {
    if (!this.producer) {
      const producer = this.kafka.producer({
        createPartitioner: Partitioners.DefaultPartitioner,
        idempotent: false,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
      });
      await producer.connect();
      this.producer = producer;
    }
    return this.producer;
  }

  private async discard(): Promise<void> {
    const producer = this.producer;
    this.producer = undefined;
    this.partitions = new Map();
    // A topic may have been made anew: what its offsets were says nothing about the next producer's.
    this.nextOffset.clear();
    await producer?.disconnect().catch(() => undefined);
  }
}

const isRefusal = (error: unknown): error is Error => error instanceof Error && refusals.has((error as { type?: string }).type ?? '');

function countByPartition(records: readonly Addressed[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { topic, partition } of records) {
    const at = `${topic}/${partition}`;
    counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  return counts;
}

function byTopic(records: readonly Addressed[]): { topic: string; messages: Message[] }[] {
  const topics = new Map<string, Message[]>();
  for (const { topic, message } of records) {
    const messages = topics.get(topic);
    if (messages) messages.push(message);
    else topics.set(topic, [message]);
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}

/** In order, each small enough for one request; a single record that is too large goes alone, and the broker judges it. */
function* parts(records: readonly Addressed[]): Generator<readonly Addressed[]> {
  let start = 0;
  let bytes = 0;
  for (let index = 0; index < records.length; index += 1) {
    const size = sizeOf(records[index]);
    if (index > start && bytes + size > bytesPerSendMax) {
      yield records.slice(start, index);
      start = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (start < records.length) yield records.slice(start);
}

const headersAndFraming = 600;
/** Headers are counted where they can be large: those of a record passed on as it came are bytes. */
function sizeOf(record: Addressed | undefined): number {
  const { key = null, value = null, headers = {} } = record?.message ?? {};
  let bytes = headersAndFraming + Buffer.byteLength(value ?? '') + Buffer.byteLength(key ?? '');
  for (const name in headers) {
    const header = headers[name];
    if (typeof header === 'object') bytes += [header].flat().reduce((sum, each) => sum + Buffer.byteLength(each), 0);
  }
  return bytes;
}

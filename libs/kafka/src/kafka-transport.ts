import { setTimeout as delay } from 'node:timers/promises';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { Batch, Consumer, EachBatchPayload, IHeaders, Kafka, KafkaMessage } from 'kafkajs';
import { lastValueFrom } from 'rxjs';
import { textOf, type InboundRecord } from './inbound-record.js';
import type { KafkaOptions } from './kafka-client.js';

/** What a handler answers instead of throwing, as Nest would put an error of its own in place of what was thrown. */
export class NotSettled {
  constructor(readonly error: unknown) {}
}

export interface TransportEvents {
  onLag(topic: string, partition: number, records: number): void;
  /** A handler could not do its work now (its database is down): the same records are tried again. */
  onHeld(topic: string, error: unknown): void;
  /** kafkajs gave up; the process must not go on as if it were consuming. */
  onCrash(error: Error): void;
}

/** Offsets may be written this much later than the work: after a crash that much comes again, and the inbox knows it. */
const commitEveryMs = 200;
const holdMsMin = 100;
const holdMsMax = 2_000;

/**
 * Nest's Kafka transport hands out one message at a time, retries any error for ever and drops unknown topics. This one
 * gives each `@EventPattern` handler whole batches: what several partitions deliver together reaches the handlers
 * together. A handler resolves when every record is settled in the database, set aside ones included; only then does the
 * offset move. It rejects only when nothing could be settled, and then the batch waits and is tried again.
 */
export class KafkaTransport extends Server implements CustomTransportStrategy {
  private consumer: Consumer | undefined;
  private closing = false;
  private readonly resolved = new Map<string, { topic: string; partition: number; offset: string }>();
  private committedAt = 0;
  private trailing: NodeJS.Timeout | undefined;
  private starting: Promise<void> = Promise.resolve();
  private working = false;
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly kafka: Kafka,
    private readonly options: KafkaOptions,
    private readonly groupId: string,
    private readonly events: TransportEvents,
    /** Resolves when the topics exist. */
    private readonly topicsReady: () => Promise<void>,
  ) {
    super();
  }

  /** Returns at once: a broker that is down must not keep the service from taking requests. */
  listen(callback: () => void): void {
    this.starting = this.consumeUntilClosed();
    callback();
  }

  get isConsuming(): boolean {
    return this.working;
  }

  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.trailing);
    // kafkajs leaves the group when it stops, and then takes no more offsets: what is under way is written before.
    await Promise.allSettled(this.underWay);
    await this.commitResolved();
    // Also ends a start that still waits to be let into the group.
    await this.consumer?.disconnect().catch(() => undefined);
    await this.starting;
  }

  on(): void {}

  unwrap<T>(): T {
    return this.consumer as T;
  }

  private async consumeUntilClosed(): Promise<void> {
    for (let pauseMs = holdMsMin; !this.closing; pauseMs = Math.min(pauseMs * 2, holdMsMax)) {
      try {
        await this.topicsReady();
        await this.consume();
        return;
      } catch (error) {
        this.events.onHeld('', error);
        await this.consumer?.disconnect().catch(() => undefined);
        this.consumer = undefined;
        await delay(pauseMs);
      }
    }
  }

  private async consume(): Promise<void> {
    const consumer = this.kafka.consumer({
      groupId: this.options.prefix + this.groupId,
      allowAutoTopicCreation: false,
      maxWaitTimeInMs: 500,
      // A full fetch is more than one commit takes; more would only be held in memory.
      maxBytesPerPartition: 262_144,
      maxBytes: 1_048_576,
      // The group stands still until a killed member's session ends: the shortest that brokers take by default.
      sessionTimeout: 6_000,
      heartbeatInterval: 1_500,
      // Never give up on a broker that is away.
      retry: { retries: Number.MAX_SAFE_INTEGER, initialRetryTime: 100, maxRetryTime: 2_000 },
    });
    this.consumer = consumer;
    consumer.on(consumer.events.GROUP_JOIN, () => {
      this.working = true;
      // What was read before the group was shared out anew may be somebody else's by now, and further on.
      this.resolved.clear();
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      this.working = false;
      if (!payload.restart) this.events.onCrash(payload.error);
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [...this.messageHandlers.keys()].map((topic) => this.options.prefix + topic), fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 64,
      eachBatch: (payload) => this.track(this.handle(payload)),
    });
  }

  private async track(work: Promise<void>): Promise<void> {
    this.underWay.add(work);
    await work.finally(() => this.underWay.delete(work));
  }

  private async handle(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const topic = batch.topic.slice(this.options.prefix.length);
    this.events.onLag(topic, batch.partition, Number(batch.highWatermark) - Number(batch.lastOffset()) - 1);
    if (!(await this.settle(payload, recordsOf(batch, topic)))) return;
    payload.resolveOffset(batch.lastOffset());
    this.resolved.set(`${batch.topic}/${batch.partition}`, {
      topic: batch.topic,
      partition: batch.partition,
      offset: String(BigInt(batch.lastOffset()) + 1n),
    });
    await this.commitWhenDue();
  }

  /** Never throws into kafkajs: its count of retries is never reset by progress. False when the partition is no longer ours. */
  private async settle(payload: EachBatchPayload, records: readonly InboundRecord[]): Promise<boolean> {
    const topic = records[0]?.topic ?? '';
    const handler = this.messageHandlers.get(topic);
    if (!handler) throw new TypeError(`no handler for ${topic}`);
    for (let holdMs = holdMsMin; !this.closing && payload.isRunning() && !payload.isStale(); holdMs = Math.min(holdMs * 2, holdMsMax)) {
      try {
        const result: unknown = await lastValueFrom(this.transformToObservable(await handler(records)), { defaultValue: undefined });
        if (result instanceof NotSettled) throw result.error;
        return true;
      } catch (error) {
        this.events.onHeld(topic, error);
        await delay(holdMs);
        if (
          !(await payload.heartbeat().then(
            () => true,
            () => false,
          ))
        )
          return false;
      }
    }
    return false;
  }

  private async commitWhenDue(): Promise<void> {
    const due = this.committedAt + commitEveryMs - performance.now();
    if (due <= 0) return this.commitResolved();
    this.trailing ??= setTimeout(() => void this.track(this.commitResolved()), due);
  }

  private async commitResolved(): Promise<void> {
    clearTimeout(this.trailing);
    this.trailing = undefined;
    if (this.resolved.size === 0 || !this.consumer) return;
    const offsets = [...this.resolved.values()];
    this.resolved.clear();
    this.committedAt = performance.now();
    // Refused when the group has moved on without us: whoever has the partition now reads it again, and the inbox knows it.
    await this.consumer.commitOffsets(offsets).catch((error: unknown) => this.events.onHeld('', error));
  }
}

/** A fetched message and where it stood. */
class ReceivedRecord implements InboundRecord {
  constructor(
    readonly topic: string,
    readonly partition: number,
    private readonly message: KafkaMessage & { header?(name: string): string | undefined },
  ) {}

  get offset(): string {
    return this.message.offset;
  }

  get timestamp(): string {
    return this.message.timestamp;
  }

  get key(): Buffer | null {
    return this.message.key;
  }

  get value(): Buffer | null {
    return this.message.value;
  }

  get headers(): IHeaders {
    return this.message.headers ?? {};
  }

  header(name: string): string | undefined {
    return this.message.header ? this.message.header(name) : textOf(this.headers[name]);
  }
}

const recordsOf = (batch: Batch, topic: string): InboundRecord[] =>
  batch.messages.map((message) => new ReceivedRecord(topic, batch.partition, message));

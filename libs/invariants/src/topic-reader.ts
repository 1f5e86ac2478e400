import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, type Admin, type IHeaders } from 'kafkajs';

export interface TopicRecord {
  /** Without the installation's prefix. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
}

export interface TopicOptions {
  readonly brokers: readonly string[];
  readonly prefix: string;
}

const silenceMsMax = 30_000;

export const kafkaFor = (options: TopicOptions): Kafka =>
  new Kafka({
    clientId: 'falconpay-books',
    brokers: [...options.brokers],
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    logLevel: logLevel.NOTHING,
    retry: { retries: 8, initialRetryTime: 200, maxRetryTime: 2_000 },
  });

export async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

export interface TopicExtent {
  /** Of each partition that has lost its beginning to retention, when what is left of it begins; 0 when none has. */
  readonly completeSinceMs: number;
}

/** Everything that is on the topics now, from their beginning, in batches; never what is added while it reads. */
export async function readTopics(
  options: TopicOptions,
  topics: readonly string[],
  take: (records: readonly TopicRecord[]) => Promise<void>,
): Promise<TopicExtent> {
  const kafka = kafkaFor(options);
  const ends = new Map<string, bigint>();
  const shortened = new Set<string>();
  let completeSinceMs = 0;
  const present = await withAdmin(kafka, async (admin) => {
    const all = new Set(await admin.listTopics());
    const existing = topics.map((topic) => options.prefix + topic).filter((topic) => all.has(topic));
    for (const topic of existing) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        if (low !== '0') shortened.add(`${topic}/${partition}`);
        if (low !== '0' && low === high) completeSinceMs = Date.now();
        if (BigInt(high) > BigInt(low)) ends.set(`${topic}/${partition}`, BigInt(high));
      }
    }
    return existing;
  });
  if (ends.size === 0) return { completeSinceMs };

  const groupId = `${options.prefix}falconpay.books.${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, allowAutoTopicCreation: false, maxWaitTimeInMs: 200, sessionTimeout: 30_000 });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: present, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      let silence = setTimeout(() => reject(new Error('the topics cannot be read to their end')), silenceMsMax);
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
      consumer
        .run({
          autoCommit: false,
          eachBatchAutoResolve: true,
          eachBatch: async ({ batch }) => {
            const place = `${batch.topic}/${batch.partition}`;
            const end = ends.get(place);
            if (end === undefined) return;
            clearTimeout(silence);
            silence = setTimeout(() => reject(new Error(`${place} cannot be read to its end`)), silenceMsMax);
            const messages = batch.messages.filter(({ offset }) => BigInt(offset) < end);
            if (shortened.delete(place)) completeSinceMs = Math.max(completeSinceMs, Number(messages[0]?.timestamp ?? Date.now()));
            const topic = batch.topic.slice(options.prefix.length);
            await take(
              messages.map((message) => ({ topic, partition: batch.partition, ...message, headers: message.headers ?? {} })),
            ).catch(reject);
            if (BigInt(batch.lastOffset()) + 1n >= end) ends.delete(place);
            if (ends.size > 0) return;
            clearTimeout(silence);
            resolve();
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect().catch(() => undefined);
    await withAdmin(kafka, (admin) => admin.deleteGroups([groupId])).catch(() => undefined);
  }
  return { completeSinceMs };
}

/** A header's text; of a repeated header the last. */
export function headerText(headers: IHeaders, name: string): string | undefined {
  const value = headers[name];
  const last = Array.isArray(value) ? value.at(-1) : value;
  return last === undefined ? undefined : last.toString();
}

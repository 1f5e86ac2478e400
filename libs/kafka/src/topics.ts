import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, Kafka, KafkaJSProtocolError } from 'kafkajs';
import type { KafkaOptions } from './kafka-client.js';

export interface TopicNeeded {
  readonly name: string;
  /** Where few records come by: one will do. */
  readonly partitions?: number;
  /** Dead letters, and what comes back from them: they wait for an operator, so they are kept for longer. */
  readonly deadLetters?: boolean;
}

/** A bulk's event repeats up to a thousand members, a dead letter a whole record: Kafka's default of 1 MiB would stop the relay. */
const recordBytesMax = 8 * 1024 * 1024;
/** A dead letter is a record and what is said about it: the largest record has room for that. */
const aboutBytesMax = 64 * 1024;
/** How long a record can be delivered again, and for how long after that a dead letter can be sent back. */
export const eventDaysKept = 7;
export const deadLetterDaysKept = 30;
const topicAlreadyExists = 36;
const ledWithinMs = 30_000;

/** Creates the topics that are missing; those that exist are left as an operator set them. */
export async function ensureTopics(kafka: Kafka, options: KafkaOptions, needed: readonly TopicNeeded[]): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const missing = needed.filter((topic) => !existing.has(options.prefix + topic.name));
    if (missing.length === 0) return;
    await admin.createTopics({ waitForLeaders: false, topics: missing.map((topic) => topicConfig(topic, options)) }).catch(ignoreRace);
    await untilTheyAreLed(
      admin,
      missing.map(({ name }) => options.prefix + name),
    );
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

function topicConfig(topic: TopicNeeded, options: KafkaOptions) {
  const daysKept = topic.deadLetters ? deadLetterDaysKept : eventDaysKept;
  const configEntries = [
    { name: 'retention.ms', value: String(daysKept * 86_400_000) },
    { name: 'min.insync.replicas', value: String(Math.max(1, options.replicationFactor - 1)) },
    // Whatever producers of others compress with, Kafka unpacks: kafkajs knows none but gzip, and would give up.
    { name: 'compression.type', value: 'uncompressed' },
    { name: 'max.message.bytes', value: String(recordBytesMax + (topic.deadLetters ? aboutBytesMax : 0)) },
  ];
  return {
    topic: options.prefix + topic.name,
    numPartitions: topic.partitions ?? options.partitions,
    replicationFactor: options.replicationFactor,
    configEntries,
  };
}

/** kafkajs would wait too, but fails where a broker has not heard yet of what it has just been asked to create. */
async function untilTheyAreLed(admin: Admin, topics: string[]): Promise<void> {
  const giveUpAt = performance.now() + ledWithinMs;
  for (;;) {
    try {
      const { topics: known } = await admin.fetchTopicMetadata({ topics });
      if (known.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) {
        // A leader that is named may not have begun yet: it is there when it answers.
        for (const topic of topics) await admin.fetchTopicOffsets(topic);
        return;
      }
    } catch (error) {
      const { retriable, name } = error as Partial<KafkaJSProtocolError>;
      if (!retriable && name !== 'KafkaJSNumberOfRetriesExceeded') throw error;
    }
    if (performance.now() > giveUpAt) throw new Error(`not all of these topics have leaders: ${topics.join(', ')}`);
    await delay(50);
  }
}

/** Another service, or another instance, created some of them at the same moment. */
function ignoreRace(error: unknown): void {
  const errors = (error as { errors?: { code?: number }[] }).errors ?? [error as { code?: number }];
  if (!errors.every((each) => each.code === topicAlreadyExists)) throw error;
}

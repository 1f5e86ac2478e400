import { randomBytes } from 'node:crypto';
import kafkajs, { Kafka, logLevel, type Message } from 'kafkajs';

/** A record as a test looks at it: headers and value as text. */
export interface SeenRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
}

/** The topics of one system among those of others on the same cluster. */
export class SystemTopics {
  private readonly kafka: Kafka;

  constructor(
    brokers: string,
    readonly prefix: string,
  ) {
    this.kafka = new Kafka({ clientId: 'falconpay-test', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  }

  async produce(topic: string, record: Message): Promise<void> {
    const producer = this.kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    try {
      await producer.send({ topic: this.prefix + topic, messages: [record] });
    } finally {
      await producer.disconnect();
    }
  }

  /** Everything that stands in the topics now, each partition in its order. */
  async consumeAll(...topics: readonly string[]): Promise<SeenRecord[]> {
    const missing = new Map<string, bigint>();
    for (const topic of topics) {
      for (const { partition, low, high } of await this.offsetsOf(topic)) if (high > low) missing.set(`${topic}/${partition}`, high - 1n);
    }
    const seen: SeenRecord[] = [];
    if (missing.size === 0) return seen;
    const groupId = `${this.prefix}looks-on-${randomBytes(5).toString('hex')}`;
    const consumer = this.kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
    await consumer.connect();
    try {
      await consumer.subscribe({ topics: topics.map((topic) => this.prefix + topic), fromBeginning: true });
      await new Promise<void>((resolve, reject) => {
        consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
        const eachMessage = async (payload: { topic: string; partition: number; message: KafkaRecord }): Promise<void> => {
          const record = seenRecord(payload.topic.slice(this.prefix.length), payload.partition, payload.message);
          seen.push(record);
          const at = `${record.topic}/${record.partition}`;
          if (BigInt(record.offset) >= (missing.get(at) ?? -1n)) missing.delete(at);
          if (missing.size === 0) resolve();
        };
        consumer.run({ autoCommit: false, eachMessage }).catch(reject);
      });
    } finally {
      await consumer.disconnect();
    }
    return seen;
  }

  /** How many records were ever written to the topic. */
  async countOf(topic: string): Promise<number> {
    return (await this.offsetsOf(topic)).reduce((sum, { low, high }) => sum + Number(high - low), 0);
  }

  /** As an operator does, with Kafka's own tool. */
  async configure(topic: string, settings: Readonly<Record<string, string>>): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
      const resources = [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: this.prefix + topic, configEntries }];
      await admin.alterConfigs({ validateOnly: false, resources });
    } finally {
      await admin.disconnect();
    }
  }

  /** Removes the system's topics and groups from the cluster. */
  async drop(): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(this.prefix));
      if (topics.length > 0) await admin.deleteTopics({ topics });
      const groups = (await admin.listGroups()).groups.map(({ groupId }) => groupId).filter((group) => group.startsWith(this.prefix));
      // A group whose last member has left a moment ago may still count as in use: it goes with the cluster.
      if (groups.length > 0) await admin.deleteGroups(groups).catch(() => undefined);
    } finally {
      await admin.disconnect();
    }
  }

  private async offsetsOf(topic: string): Promise<{ partition: number; low: bigint; high: bigint }[]> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      const offsets = await admin.fetchTopicOffsets(this.prefix + topic);
      return offsets.map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }));
    } finally {
      await admin.disconnect();
    }
  }
}

interface KafkaRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly offset: string;
  readonly headers?: Message['headers'];
}

function seenRecord(topic: string, partition: number, { key, value, offset, headers }: KafkaRecord): SeenRecord {
  const texts = Object.entries(headers ?? {}).map(([name, header]) => [name, String(Array.isArray(header) ? header.at(-1) : header)]);
  return {
    topic,
    partition,
    offset,
    key: key?.toString(),
    value: value?.toString() ?? '',
    headers: Object.fromEntries(texts) as Record<string, string>,
  };
}

import { Kafka, logLevel, type Admin, type Message, type Producer } from 'kafkajs';
import type { BenchSystem } from './bench-system.js';

const RECORDS_AT_ONCE = 1_000;

/** Writes to the system's topics as a stranger can, past its services. */
export class Topics {
  private constructor(
    private readonly producer: Producer,
    private readonly admin: Admin,
  ) {}

  static async open(system: BenchSystem): Promise<Topics> {
    const kafka = new Kafka({ clientId: 'bench', brokers: [system.local.brokers], logLevel: logLevel.NOTHING });
    const topics = new Topics(kafka.producer({ allowAutoTopicCreation: false }), kafka.admin());
    await Promise.all([topics.producer.connect(), topics.admin.connect()]);
    return topics;
  }

  async send(topic: string, records: readonly Message[]): Promise<void> {
    for (let from = 0; from < records.length; from += RECORDS_AT_ONCE)
      await this.producer.send({ topic, messages: records.slice(from, from + RECORDS_AT_ONCE) });
  }

  /** Who consumes for a group: a consumer that has started again is another member. */
  async membersOf(groupId: string): Promise<string[]> {
    const { groups } = await this.admin.describeGroups([groupId]);
    return groups.flatMap(({ members }) => members.map(({ memberId }) => memberId)).sort();
  }

  async close(): Promise<void> {
    await Promise.all([this.producer.disconnect(), this.admin.disconnect()]);
  }
}

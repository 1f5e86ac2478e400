import { connect } from 'node:net';
import { Kafka, logLevel, type Admin } from 'kafkajs';

/** Looks at the consumer groups of a system, and buries the dead. */
export class ConsumerGroups {
  private readonly admin: Admin;

  constructor(
    private readonly brokers: string,
    private readonly prefix: string,
  ) {
    this.admin = new Kafka({ clientId: 'falconpay-faults', brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  }

  async connect(): Promise<void> {
    await this.admin.connect();
  }

  async disconnect(): Promise<void> {
    await this.admin.disconnect();
  }

  async members(group: string): Promise<string[]> {
    const { groups } = await this.admin.describeGroups([this.prefix + group]);
    return groups[0]?.state === 'Stable' ? groups[0].members.map(({ memberId }) => memberId) : [];
  }

  /** Whether the group has read and confirmed all that stands in the topics. */
  async hasReadAll(group: string, topics: readonly string[]): Promise<boolean> {
    const names = topics.map((topic) => this.prefix + topic);
    const committed = await this.admin.fetchOffsets({ groupId: this.prefix + group, topics: names });
    const read = committed.map(async ({ topic, partitions }) => {
      const ends = new Map((await this.admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, high]));
      // -1: nothing was ever confirmed there.
      return partitions.every(({ partition, offset }) => Number(offset) >= Number(ends.get(partition) ?? 0) || ends.get(partition) === '0');
    });
    return (await Promise.all(read)).every(Boolean);
  }

  /** A killed member stays in its group until its session times out, seconds later: this is that time gone by. */
  async bury(group: string, members: readonly string[]): Promise<void> {
    for (const member of members) await this.leave(this.prefix + group, member);
  }

  /** LeaveGroup, version 1, for another: kafkajs leaves only for itself. The run's cluster is one broker, so it coordinates. */
  private leave(group: string, member: string): Promise<void> {
    const [host = '', port = ''] = (this.brokers.split(',')[0] ?? '').split(':');
    const body = Buffer.concat([int16(13), int16(1), int32(1), string('falconpay-faults'), string(group), string(member)]);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), host, () => socket.write(Buffer.concat([int32(body.length), body])));
      socket.once('data', () => {
        socket.destroy();
        resolve();
      });
      socket.once('error', reject);
    });
  }
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

const string = (text: string): Buffer => Buffer.concat([int16(Buffer.byteLength(text)), Buffer.from(text)]);

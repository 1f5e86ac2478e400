import type { Kafka, ProducerBatch, RecordMetadata } from 'kafkajs';
import { RecordRefused, VerifiedProducer, type OutboundRecord } from './verified-producer.js';

type Answer = RecordMetadata[] | Error;

/** Brokers that answer as they are told to, each with a log per partition. */
class Brokers {
  readonly batches: ProducerBatch[] = [];
  connected = 0;
  /** What the next answers are to be made of the right one; then they are right again. */
  readonly lies: ((right: RecordMetadata[]) => Answer)[] = [];
  private readonly ends = new Map<string, number>();

  /** Only what the producer asks for. */
  readonly kafka = {
    admin: () => ({
      connect: async () => undefined,
      disconnect: async () => undefined,
      fetchTopicMetadata: async ({ topics }: { topics: string[] }) => ({
        topics: topics.map((name) => ({ name, partitions: [0, 1, 2].map((partitionId) => ({ partitionId, leader: 1 })) })),
      }),
    }),
    producer: () => ({
      connect: async () => void (this.connected += 1),
      disconnect: async () => undefined,
      sendBatch: async (batch: ProducerBatch) => {
        this.batches.push(batch);
        const right = this.append(batch);
        const answer = this.lies.shift()?.(right) ?? right;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    }),
  } as unknown as Kafka;

  private append({ topicMessages = [] }: ProducerBatch): RecordMetadata[] {
    const counts = new Map<string, number>();
    for (const { topic, messages } of topicMessages) {
      for (const { partition } of messages) counts.set(`${topic}/${partition}`, (counts.get(`${topic}/${partition}`) ?? 0) + 1);
    }
    return [...counts].map(([at, count]) => {
      const baseOffset = this.ends.get(at) ?? 0;
      this.ends.set(at, baseOffset + count);
      const [topicName = '', partition = ''] = at.split('/');
      return { topicName, partition: Number(partition), errorCode: 0, baseOffset: String(baseOffset) };
    });
  }

  sent(batch: number): string[] {
    return (this.batches[batch]?.topicMessages ?? []).flatMap(({ messages }) => messages.map(({ value }) => String(value))).sort();
  }
}

const options = { brokers: [], clientId: 'spec', prefix: 'p.', replicationFactor: 1, partitions: 3 };
const record = (key: string, value = key): OutboundRecord => ({ topic: 't', message: { key, value } });
// These keys fall on all three partitions.
const records = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((key) => record(key));

let brokers: Brokers;
let producer: VerifiedProducer;
let unverified: number[];
beforeEach(() => {
  brokers = new Brokers();
  unverified = [];
  producer = new VerifiedProducer(brokers.kafka, options, { onUnverified: (count) => unverified.push(count) });
});

const partitionsOf = (batch: number): Set<number | undefined> =>
  new Set((brokers.batches[batch]?.topicMessages ?? []).flatMap(({ messages }) => messages.map(({ partition }) => partition)));

describe('the producer', () => {
  it('is content with an answer that covers every partition with new offsets', async () => {
    await producer.send(records);
    await producer.send(records);
    expect(brokers.batches).toHaveLength(2);
    expect(partitionsOf(0).size).toBe(3);
    expect(unverified).toEqual([]);
    expect(brokers.connected).toBe(1);
  });

  it('sends again what an answer leaves out, only that, over a new connection, and counts it', async () => {
    brokers.lies.push((right) => right.slice(1));
    await producer.send(records);
    expect(brokers.batches).toHaveLength(2);
    expect(partitionsOf(1).size).toBe(1);
    expect(unverified).toEqual([brokers.sent(1).length]);
    expect(brokers.connected).toBe(2);
  });

  it('does not believe in an offset that it has been given before', async () => {
    await producer.send(records);
    brokers.lies.push((right) => right.map((each) => ({ ...each, baseOffset: '0' })));
    await producer.send(records);
    expect(brokers.batches).toHaveLength(3);
    expect(unverified).toEqual([records.length]);
  });

  it.each([
    ['an error code', (each: RecordMetadata): RecordMetadata => ({ ...each, errorCode: 6 })],
    ['no offset', ({ topicName, partition, errorCode }: RecordMetadata): RecordMetadata => ({ topicName, partition, errorCode })],
    ['another topic', (each: RecordMetadata): RecordMetadata => ({ ...each, topicName: 'other' })],
  ])('takes %s for no answer', async (_what, spoil) => {
    brokers.lies.push((right) => right.map(spoil));
    await producer.send(records);
    expect(brokers.batches).toHaveLength(2);
    expect(unverified).toEqual([records.length]);
  });

  it('rejects when the broker leaves a part out three times', async () => {
    brokers.lies.push(...Array.from({ length: 3 }, () => (right: RecordMetadata[]) => right.slice(1)));
    await expect(producer.send(records)).rejects.toThrow('unacknowledged three times');
  });

  it('passes a failure on, and begins anew with another connection', async () => {
    brokers.lies.push(() => new Error('gone'));
    await expect(producer.send(records)).rejects.toThrow('gone');
    await producer.send(records);
    expect(brokers.connected).toBe(2);
  });

  it.each(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD'])(
    'says that it is a record that is refused: %s',
    async (type) => {
      brokers.lies.push(() => Object.assign(new Error('no'), { type }));
      await expect(producer.send(records)).rejects.toThrow(RecordRefused);
      brokers.lies.push(() => Object.assign(new Error('no'), { type: 'NOT_LEADER_FOR_PARTITION' }));
      await expect(producer.send(records)).rejects.not.toThrow(RecordRefused);
    },
  );

  it('sends a key always to the partition that other clients of Kafka would choose', async () => {
    await producer.send([record('pay_1'), record('pay_1', 'second')]);
    const [messages] = (brokers.batches[0]?.topicMessages ?? []).map((each) => each.messages);
    const expected = (murmur2(Buffer.from('pay_1')) & 0x7fffffff) % 3;
    expect(messages?.map(({ partition }) => partition)).toEqual([expected, expected]);
    expect(messages?.map(({ value }) => value)).toEqual(['pay_1', 'second']);
  });

  it('cuts what is too much for one request, in order, and lets what is too large go alone', async () => {
    const large = (value: string): OutboundRecord => record('k', value + 'x'.repeat(300_000));
    await producer.send([large('1'), large('2'), large('3'), record('k', `4${'x'.repeat(2_000_000)}`), large('5')]);
    const sent = brokers.batches.map(({ topicMessages = [] }) =>
      topicMessages.flatMap(({ messages }) => messages.map(({ value }) => String(value)[0])),
    );
    expect(sent).toEqual([['1', '2'], ['3'], ['4'], ['5']]);
  });
});

/** As in Kafka's own client (Utils.murmur2), written down once more. */
function murmur2(data: Buffer): number {
  const m = 0x5bd1e995;
  const mix = (value: number): number => {
    const k = Math.imul(value, m);
    return Math.imul(k ^ (k >>> 24), m);
  };
  let h = 0x9747b28c ^ data.length;
  const whole = data.length & ~3;
  for (let at = 0; at < whole; at += 4) h = Math.imul(h, m) ^ mix(data.readInt32LE(at));
  const left = data.length & 3;
  if (left === 3) h ^= (data[whole + 2] ?? 0) << 16;
  if (left >= 2) h ^= (data[whole + 1] ?? 0) << 8;
  if (left >= 1) h = Math.imul(h ^ (data[whole] ?? 0), m);
  h = Math.imul(h ^ (h >>> 13), m);
  return h ^ (h >>> 15);
}

import { randomBytes } from 'node:crypto';
import pino from 'pino';
import kafkajs, { type Kafka } from 'kafkajs';
import { eventually } from '@falconpay/testing/eventually';
import type { InboundRecord } from './inbound-record.js';
import { createKafka, type KafkaOptions } from './kafka-client.js';
import { KafkaTransport } from './kafka-transport.js';
import { ensureTopics } from './topics.js';
import { VerifiedProducer } from './verified-producer.js';

const { CompressionCodecs, CompressionTypes } = kafkajs;
const group = 'spec';
let options: KafkaOptions;
let kafka: Kafka;
let producer: VerifiedProducer;
let transports: KafkaTransport[] = [];
const held: string[] = [];

beforeEach(async () => {
  const brokers = (process.env['FALCONPAY_TEST_KAFKA_BROKERS'] ?? '').split(',');
  options = { brokers, clientId: 'spec', prefix: `transport-${randomBytes(4).toString('hex')}.`, replicationFactor: 1, partitions: 3 };
  kafka = createKafka(options, pino({ level: 'silent' }));
  producer = new VerifiedProducer(kafka, options, { onUnverified: () => undefined });
  await ensureTopics(kafka, options, [{ name: 't' }]);
  held.length = 0;
});
afterEach(async () => {
  await Promise.all(transports.map((transport) => transport.close()));
  transports = [];
  await producer.close();
  const admin = kafka.admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [`${options.prefix}t`] });
  await admin.disconnect();
});

function start(handle: (records: readonly InboundRecord[]) => Promise<void>, topicsReady = async () => undefined as void): KafkaTransport {
  const transport = new KafkaTransport(
    kafka,
    options,
    group,
    { onLag: () => undefined, onHeld: (topic) => held.push(topic), onCrash: () => undefined },
    topicsReady,
  );
  transport.addHandler('t', handle as never, true);
  transport.listen(() => undefined);
  transports.push(transport);
  return transport;
}

async function close(transport: KafkaTransport): Promise<void> {
  await transport.close();
  transports = transports.filter((each) => each !== transport);
}

const send = (...values: string[]): Promise<void> => producer.send(values.map((value) => ({ topic: 't', message: { key: value, value } })));
const valuesOf = (records: readonly InboundRecord[]): string[] => records.map(({ value }) => String(value));

async function committed(): Promise<number> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const [topic] = await admin.fetchOffsets({ groupId: options.prefix + group, topics: [`${options.prefix}t`] });
    return (topic?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
  } finally {
    await admin.disconnect();
  }
}

/** What Kafka takes for compressed; nothing in it is made smaller. */
const compressions: Record<string, { readonly type: number; readonly packed: (bytes: Buffer) => Buffer[] }> = {
  snappy: {
    type: CompressionTypes.Snappy,
    packed: (bytes) => [Buffer.from([(bytes.length & 0x7f) | 0x80, bytes.length >> 7, 61 << 2]), uint(bytes.length - 1, 2), bytes],
  },
  lz4: {
    type: CompressionTypes.LZ4,
    packed: (bytes) => [
      Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]),
      ...[uint(bytes.length, 3), Buffer.from([0x80]), bytes, Buffer.alloc(4)],
    ],
  },
  zstd: {
    type: CompressionTypes.ZSTD,
    packed: (bytes) => [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0]), uint(bytes.length, 4), uint((bytes.length << 3) | 1, 3), bytes],
  },
};
function uint(value: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntLE(value, 0, size);
  return bytes;
}

describe('the transport', () => {
  it.each(Object.keys(compressions))('reads what another producer has compressed by %s', async (name) => {
    const { type, packed } = compressions[name] as (typeof compressions)[string];
    const unknown = async () => Promise.reject(new Error('not for us to unpack'));
    const codecs = CompressionCodecs as Record<number, unknown>;
    const before = codecs[type];
    codecs[type] = () => ({ compress: async ({ buffer }: { buffer: Buffer }) => Buffer.concat(packed(buffer)), decompress: unknown });
    try {
      const other = kafka.producer({ allowAutoTopicCreation: false });
      await other.connect();
      const value = 'x'.repeat(300);
      await other.send({ topic: `${options.prefix}t`, compression: type, messages: [{ key: 'k', value }] });
      await other.disconnect();
      const got: string[] = [];
      start(async (records) => void got.push(...valuesOf(records)));
      await eventually('the record comes', () => got.length > 0);
      expect(got).toEqual([value]);
    } finally {
      codecs[type] = before;
    }
  });

  it('hands out what stands in a topic, from its beginning, to the byte', async () => {
    const bytes = Buffer.from([0, 255, 10]);
    await producer.send([{ topic: 't', message: { key: 'k', value: bytes, headers: { h: bytes } } }]);
    const got: InboundRecord[] = [];
    start(async (records) => void got.push(...records));
    await eventually('the record comes', () => got.length > 0);
    await eventually('the offset is written', async () => (await committed()) === 1);
    expect(got).toHaveLength(1);
    expect(got[0]).toMatchObject({ topic: 't', offset: '0', key: Buffer.from('k'), value: bytes, headers: { h: bytes } });
  });

  it('moves the offset when the handler is done, and not before', async () => {
    let finish: () => void = () => undefined;
    const work = new Promise<void>((resolve) => (finish = resolve));
    let given = 0;
    start(async (records) => {
      given += records.length;
      await work;
    });
    await send('a', 'b', 'c', 'd');
    await eventually('the records are given out', () => given >= 4);
    expect(await committed()).toBe(0);
    finish();
    await eventually('the offset is written', async () => (await committed()) === 4);
    expect(given).toBe(4);
  });

  it('holds a batch whose handler rejects, gives the same records again, and says so', async () => {
    const tries: string[][] = [];
    start(async (records) => {
      tries.push(valuesOf(records));
      if (tries.length < 4) throw new Error('the database is away');
    });
    await send('a');
    await eventually('it is done', async () => (await committed()) === 1);
    expect(tries).toEqual([['a'], ['a'], ['a'], ['a']]);
    expect(held).toEqual(['t', 't', 't']);
  });

  it('keeps the order of a partition, however often it is held', async () => {
    const done: string[] = [];
    let turn = 0;
    start(async (records) => {
      turn += 1;
      if (turn % 2 === 1) throw new Error('not now');
      done.push(...valuesOf(records));
    });
    const values = Array.from({ length: 30 }, (_, index) => String(index));
    for (const value of values) await producer.send([{ topic: 't', message: { key: 'k', value } }]);
    await eventually('all is done', () => done.length >= values.length);
    expect(done).toEqual(values);
  });

  it('writes down what is done when it closes, so that nobody does it again', async () => {
    const first: string[] = [];
    const transport = start(async (records) => void first.push(...valuesOf(records)));
    await send('a', 'b', 'c');
    await eventually('all are done', () => new Set(first).size === 3);
    await close(transport);
    expect(await committed()).toBe(3);
    expect(first.sort()).toEqual(['a', 'b', 'c']);
    const second: string[] = [];
    start(async (records) => void second.push(...valuesOf(records)));
    await send('d');
    await eventually('the next is done', () => second.length > 0);
    expect(second).toEqual(['d']);
  });

  it('waits for the handler that is at work when it closes', async () => {
    let finish: () => void = () => undefined;
    const work = new Promise<void>((resolve) => (finish = resolve));
    let begun = false;
    const transport = start(async () => {
      begun = true;
      await work;
    });
    await send('a');
    await eventually('the handler is at work', () => begun);
    const closing = close(transport);
    finish();
    await closing;
    expect(await committed()).toBe(1);
  });

  it('takes requests’ word for it that the broker may come later', async () => {
    let tries = 0;
    const got: string[] = [];
    await send('a');
    const transport = start(
      async (records) => void got.push(...valuesOf(records)),
      async () => {
        tries += 1;
        if (tries < 3) throw new Error('no broker');
      },
    );
    expect(transport.isConsuming).toBe(false);
    await eventually('it consumes', () => got.length > 0);
    expect(transport.isConsuming).toBe(true);
    await eventually('the offset is written', async () => (await committed()) === 1);
    expect(got).toEqual(['a']);
    expect(held).toEqual(['', '']);
  });
});

describe('topics that are missing', () => {
  it('are created once, by however many ask at the same moment, and those that are there stay as they are', async () => {
    const needed = [{ name: 'new' }, { name: 'new.dlq', deadLetters: true }, { name: 't' }];
    await Promise.all([1, 2, 3].map(() => ensureTopics(kafka, { ...options, partitions: 5 }, needed)));
    const admin = kafka.admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: ['new', 'new.dlq', 't'].map((name) => options.prefix + name) });
    expect(Object.fromEntries(topics.map(({ name, partitions }) => [name.slice(options.prefix.length), partitions.length]))).toEqual({
      new: 5,
      'new.dlq': 5,
      t: 3,
    });
    await admin.deleteTopics({ topics: [`${options.prefix}new`, `${options.prefix}new.dlq`] });
    await admin.disconnect();
  });
});

import { randomUUID } from 'node:crypto';
import { consumerGroup } from '@falconpay/contracts/choreography';
import { createKafka } from '@falconpay/kafka/kafka-client';
import { createLogger } from '@falconpay/telemetry/logger';
import type { SeenRecord } from '@falconpay/testing/system-topics';
import { Kafka, logLevel, type KafkaMessage, type Message } from 'kafkajs';
import { allEnded, brokenPromises, wrongInTheBooks } from './books.js';
import { postUntilAccepted, type Order } from './clients.js';
import { FaultSystem } from './fault-system.js';

let system: FaultSystem;
beforeEach(async () => {
  system = await FaultSystem.start({ name: 'deliver' });
});
afterEach(() => system?.stop());

const order = (amount = 100): Order => ({ from: '1002', to: '1001', amount: { amount, currency: 'USD' } });
const createdType = 'com.falconpay.payment.created.v1';
const lettersOf = (topic: string, service: 'payment' | 'wallet'): string => `${topic}.${consumerGroup(service)}.dlq`;

async function transfers(count: number): Promise<string[]> {
  const accepted = await Promise.all(
    Array.from({ length: count }, (_, index) => postUntilAccepted(system.running.payment, order(index + 1))),
  );
  await allEnded(system.running);
  return accepted.map(({ id }) => id);
}

/** What the outside can see of an effect: changes nothing if nothing happened. */
async function state() {
  const { running } = system;
  return {
    accounts: await running.sql('wallet', 'select id, posted, version from accounts order by id'),
    entries: await running.sql('wallet', 'select account_id, id, amount from entries order by id'),
    transfers: await running.sql('payment', 'select id, status, version from transfers order by id'),
    outboxes: [
      await running.sql('payment', 'select id from outbox order by 1'),
      await running.sql('wallet', 'select id from outbox order by 1'),
    ],
  };
}

/** Resolves when both services have read all that stands in their topics, and so said to Kafka. */
async function allIsRead(): Promise<void> {
  const admin = new Kafka({ brokers: system.running.local.brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await system.running.eventually(
      'all is read',
      async () => {
        for (const [service, topic] of [
          ['wallet', 'payment.created'],
          ['payment', 'payment.completed'],
          ['payment', 'payment.failed'],
        ] as const) {
          const name = system.topics.prefix + topic;
          const [committed] = await admin.fetchOffsets({ groupId: system.topics.prefix + consumerGroup(service), topics: [name] });
          for (const { partition, high } of await admin.fetchTopicOffsets(name)) {
            const offset = committed?.partitions.find((each) => each.partition === partition)?.offset ?? '-1';
            if (high !== '0' && Number(offset) < Number(high)) return false;
          }
        }
        return true;
      },
      { everyMs: 50 },
    );
  } finally {
    await admin.disconnect();
  }
}

const again = ({ topic, key, value, headers }: SeenRecord, more: Readonly<Record<string, string>> = {}): [string, Message] => [
  topic,
  { key: key ?? null, value, headers: { ...headers, ...more } },
];

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

describe('events that come again', () => {
  it('up to five times, in any order, long after everything has ended, change nothing (T-05, T-06)', async () => {
    await transfers(12);
    // Refused ones as well.
    await postUntilAccepted(system.running.payment, order(99_000_000));
    await allEnded(system.running);
    const records = await system.running.consumeAll('payment.created', 'payment.completed', 'payment.failed');
    // At least once: the relay itself may have sent one again already.
    expect(new Set(records.map(({ headers }) => String(headers['ce_id']))).size).toBe(26);
    const before = await state();
    const copies = shuffled(records.flatMap((record) => Array.from({ length: 1 + Math.floor(Math.random() * 4) }, () => again(record))));
    for (const [topic, message] of copies) await system.running.produce(topic, message);
    await allIsRead();
    expect(await state()).toEqual(before);
    expect(await brokenPromises(system.running)).toEqual([]);
  });

  it('under another id, as if told by somebody else, change nothing either', async () => {
    await transfers(3);
    const records = await system.running.consumeAll('payment.created', 'payment.completed');
    const before = await state();
    for (const record of shuffled(records)) await system.running.produce(...again(record, { ce_id: randomUUID() }));
    await allIsRead();
    expect(await state()).toEqual(before);
    expect(await wrongInTheBooks(system.running)).toEqual([]);
  });

  it('with the other outcome are set aside, and the first one stands', async () => {
    const [id = ''] = await transfers(1);
    const failed = JSON.stringify({ payment_id: id, code: 'insufficient-funds', detail: 'late' });
    const headers = { ce_id: randomUUID(), ce_type: 'com.falconpay.payment.failed.v1' };
    await system.running.produce('payment.failed', { key: id, value: failed, headers });
    await allIsRead();
    expect((await system.running.ended(id)).status).toBe('COMPLETED');
    const [letter] = await eventuallyLetters(lettersOf('payment.failed', 'payment'), 1);
    expect(letter?.headers?.['ce_id']).toEqual(Buffer.from(headers.ce_id));
    expect(await wrongInTheBooks(system.running)).toEqual([]);
  });

  it('before the transfer they speak of is there are set aside, and do not harm it', async () => {
    const unknown = 'pay_01jzzzzzzzzzzzzzzzzzzzzzzz';
    const [completed] = await completedLike(unknown);
    await system.running.produce('payment.completed', completed);
    const [letter] = await eventuallyLetters(lettersOf('payment.completed', 'payment'), 1);
    expect(String(letter?.headers?.['x-dlq-error-class'])).toBe('InvariantViolation');
    await transfers(2);
    expect(await wrongInTheBooks(system.running)).toEqual([]);
  });
});

/** A completion that fulfils the contract, of another payment. */
async function completedLike(paymentId: string): Promise<[Message]> {
  const [id = ''] = await transfers(1);
  const [real] = (await system.running.consumeAll('payment.completed')).filter(({ key }) => key === id);
  if (!real) throw new Error('the transfer was not completed');
  return [{ key: paymentId, value: real.value.replaceAll(id, paymentId), headers: { ...real.headers, ce_id: randomUUID() } }];
}

/** Dead letters as they lie in Kafka, to the byte. */
async function eventuallyLetters(topic: string, count: number): Promise<KafkaMessage[]> {
  await system.running.eventually(`${topic} has ${count} records`, async () => (await system.topics.countOf(topic)) >= count, {
    everyMs: 100,
  });
  // The services' own client: kafkajs by itself reads a header called `constructor` wrongly.
  const options = {
    brokers: system.running.local.brokers.split(','),
    clientId: 'letters',
    prefix: '',
    replicationFactor: 1,
    partitions: 1,
  };
  const consumer = createKafka(options, createLogger({ service: 'letters', level: 'silent' })).consumer({
    groupId: `${system.topics.prefix}letters-${randomUUID()}`,
    maxWaitTimeInMs: 100,
  });
  const found: KafkaMessage[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topic: system.topics.prefix + topic, fromBeginning: true });
    await consumer.run({ autoCommit: false, eachMessage: async ({ message }) => void found.push(message) });
    await system.running.eventually('the letters are read', () => found.length >= count);
    return found;
  } finally {
    await consumer.disconnect();
  }
}

interface Poison {
  readonly name: string;
  readonly message: Message;
  readonly errorClass: string;
}

const good = (payment: string): string =>
  JSON.stringify({
    payment_id: payment,
    kind: 'transfer',
    from: '1002',
    to: '1001',
    amount: { amount: 1, currency: 'USD' },
    expires_at: '2999-01-01T00:00:00.000Z',
  });
const headers = (more: Message['headers'] = {}): NonNullable<Message['headers']> => ({
  ce_id: randomUUID(),
  ce_type: createdType,
  ...more,
});
const binary = Buffer.from([0, 255, 254, 0, 128]);

const poisons: readonly Poison[] = [
  { name: 'broken JSON', message: { key: 'p1', value: '{"payment_id":', headers: headers() }, errorClass: 'ContractViolation' },
  { name: 'nothing that the contract asks for', message: { key: 'p2', value: '{}', headers: headers() }, errorClass: 'ContractViolation' },
  {
    name: 'an unknown type',
    message: { key: 'p3', value: good('p3'), headers: headers({ ce_type: 'com.example.other.v1' }) },
    errorClass: 'UnknownEventType',
  },
  {
    name: 'the next version of its schema',
    message: { key: 'p4', value: good('p4'), headers: headers({ ce_type: createdType.replace('.v1', '.v2') }) },
    errorClass: 'NewerSchemaVersion',
  },
  { name: 'no id', message: { key: 'p5', value: good('p5'), headers: { ce_type: createdType } }, errorClass: 'ContractViolation' },
  { name: 'no type', message: { key: 'p10', value: good('p10'), headers: { ce_id: randomUUID() } }, errorClass: 'UnknownEventType' },
  { name: 'no header at all', message: { key: 'p11', value: good('p11') }, errorClass: 'ContractViolation' },
  { name: 'bytes for a key', message: { key: binary, value: binary, headers: headers() }, errorClass: 'ContractViolation' },
  { name: 'no key', message: { key: null, value: 'null', headers: headers() }, errorClass: 'ContractViolation' },
  { name: 'no UTF-8', message: { key: 'p6', value: Buffer.from([0x22, 0xff, 0x22]), headers: headers() }, errorClass: 'ContractViolation' },
  { name: '5 MB', message: { key: 'p7', value: 'x'.repeat(5_000_000), headers: headers() }, errorClass: 'ContractViolation' },
  // kafkajs by itself takes minutes to find the partition of such a key.
  {
    name: 'a megabyte for a key',
    message: { partition: 0, key: 'k'.repeat(1_000_000), value: '', headers: headers() },
    errorClass: 'ContractViolation',
  },
  { name: 'no value at all', message: { key: 'p9', value: null, headers: headers() }, errorClass: 'ContractViolation' },
  {
    name: 'headers that JavaScript knows',
    message: { key: 'p8', value: '', headers: headers({ constructor: 'a', toString: 'b', raw: binary, twice: ['1', '2'] }) },
    errorClass: 'ContractViolation',
  },
];

const bytesOf = (value: Message['value'] | Message['key']): Buffer => Buffer.from((value ?? '') as string);

describe('records that nobody can understand', () => {
  it('go to their dead letters to the byte, once however often they come, and their neighbours go on', async () => {
    const { running } = system;
    const working = transfers(10);
    for (const { message } of poisons) await running.produce('payment.created', message);
    await working;
    const topic = lettersOf('payment.created', 'wallet');
    const letters = await eventuallyLetters(topic, poisons.length);
    for (const { name, message, errorClass } of poisons) {
      const letter = letters.find(
        ({ key, value }) => bytesOf(message.key).equals(key ?? Buffer.alloc(0)) && bytesOf(message.value).equals(value ?? Buffer.alloc(0)),
      );
      const about = Object.fromEntries(Object.entries(letter?.headers ?? {}).map(([header, value]) => [header, String(value)]));
      expect({ name, about }).toMatchObject({
        name,
        about: {
          ...Object.fromEntries(Object.entries(message.headers ?? {}).map(([header, value]) => [header, String(value)])),
          'x-dlq-topic': 'payment.created',
          'x-dlq-group': consumerGroup('wallet'),
          'x-dlq-attempts': '1',
          'x-dlq-error-class': errorClass,
        },
      });
      expect(about).toHaveProperty('x-dlq-offset');
      expect(about).toHaveProperty('x-dlq-first-failed-at');
    }
    // The same again, by the same ids: those that have one are known by it.
    const known = poisons.filter(({ message }) => message.headers?.['ce_id'] !== undefined);
    for (const { message } of known) await running.produce('payment.created', message);
    // And all of them by another delivery: killed right after its work, the wallet reads from where Kafka believes it to be.
    await transfers(5);
    await running.kill('wallet');
    await running.ready('wallet');
    await transfers(5);
    await allIsRead();
    // What the wallet decided to send; the relay may send one of them twice when it is killed in between.
    const setAside = await running.sql('wallet', `select id from outbox where aggregatetype = '${topic}'`);
    expect(setAside).toHaveLength(poisons.length);
    expect(await wrongInTheBooks(running)).toEqual([]);
    expect(await brokenPromises(running, { refuseDeadLetters: false })).toEqual([]);
  });
});

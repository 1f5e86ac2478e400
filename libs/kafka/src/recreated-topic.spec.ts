import { randomBytes } from 'node:crypto';
import pino from 'pino';
import type { Admin, Kafka } from 'kafkajs';
import { eventually } from '@falconpay/testing/eventually';
import { createKafka, type KafkaOptions } from './kafka-client.js';
import { ensureTopics } from './topics.js';
import { VerifiedProducer } from './verified-producer.js';

/** An operator deletes a topic and makes it anew, or restores it from elsewhere: its offsets begin again, the producer lives on. */
let options: KafkaOptions;
let topic: string;
let kafka: Kafka;
let admin: Admin;
let producer: VerifiedProducer;
let unverified: number;
beforeEach(async () => {
  const brokers = (process.env['FALCONPAY_TEST_KAFKA_BROKERS'] ?? '').split(',');
  options = { brokers, clientId: 'spec', prefix: `recreated-${randomBytes(4).toString('hex')}.`, replicationFactor: 1, partitions: 3 };
  topic = `${options.prefix}t`;
  kafka = createKafka(options, pino({ level: 'silent' }));
  admin = kafka.admin();
  await admin.connect();
  unverified = 0;
  producer = new VerifiedProducer(kafka, options, { onUnverified: (count) => (unverified += count) });
  await ensureTopics(kafka, options, [{ name: 't' }]);
});
afterEach(async () => {
  await producer.close();
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
});

async function recreate(partitions: number): Promise<void> {
  await admin.deleteTopics({ topics: [topic] });
  await eventually('it is gone', async () => !(await admin.listTopics()).includes(topic));
  await ensureTopics(kafka, { ...options, partitions }, [{ name: 't' }]);
}

const keys = Array.from({ length: 30 }, (_, index) => `k${index}`);
const send = (value: string): Promise<void> =>
  producer.send(keys.map((key) => ({ topic: 't', message: { key, value: `${key} ${value}` } })));

/** What a consumer finds, of each key in its order. */
async function found(): Promise<Map<string, string[]>> {
  const ends = await admin.fetchTopicOffsets(topic);
  const expected = ends.reduce((sum, { high }) => sum + Number(high), 0);
  const values = new Map<string, string[]>();
  const consumer = kafka.consumer({ groupId: `${options.prefix}spec` });
  let count = 0;
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        const key = String(message.key);
        values.set(key, [...(values.get(key) ?? []), String(message.value)]);
        count += 1;
      },
    });
    await eventually('all of it is read', () => count >= expected);
  } finally {
    await consumer.disconnect();
  }
  return values;
}

it.each([
  ['as it was', 3],
  ['with fewer partitions', 1],
])('a topic that was made anew %s takes everything that is sent from then on, of each key in its order', async (_how, partitions) => {
  for (const value of ['1', '2', '3']) await send(value);
  await recreate(partitions);
  // As the relay does: what is not known to be there is sent again.
  for (const value of ['4', '5']) await eventually(`${value} is sent`, () => send(value).then(() => true));
  const values = await found();
  for (const key of keys) expect([...new Set(values.get(key))]).toEqual([`${key} 4`, `${key} 5`]);
});

it('takes offsets that go backwards for a send that may be lost, once', async () => {
  for (const value of ['1', '2', '3', '4']) await send(value);
  await recreate(options.partitions);
  await send('5');
  expect(unverified).toBe(keys.length);
  await send('6');
  expect(unverified).toBe(keys.length);
});

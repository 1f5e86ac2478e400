import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { createKafka, type KafkaOptions } from '@falconpay/kafka/kafka-client';
import { retentionOf } from '@falconpay/kafka/topic-retention';
import { ensureTopics } from '@falconpay/kafka/topics';
import { SystemTopics } from '@falconpay/testing/system-topics';
import { faultInRetention } from './replay-horizon.js';

const dayMs = 86_400_000;
const letters = 't.group.dlq';
const heard = [
  { name: 'other', deadLetters: undefined },
  { name: 't', deadLetters: letters },
];
const memory = { INBOX_RETENTION_DAYS: 45, RETRY_BUDGET_MS: 600_000 };

let options: KafkaOptions;
let topics: SystemTopics;
let kafka: ReturnType<typeof createKafka>;
beforeAll(async () => {
  const brokers = process.env['FALCONPAY_TEST_KAFKA_BROKERS'] ?? '';
  const prefix = `horizon-${randomBytes(4).toString('hex')}.`;
  topics = new SystemTopics(brokers, prefix);
  options = { brokers: brokers.split(','), clientId: 'spec', prefix, replicationFactor: 1, partitions: 1 };
  kafka = createKafka(options, pino({ level: 'silent' }));
  await ensureTopics(kafka, options, [{ name: 't' }, { name: 'other' }, { name: letters, deadLetters: true }]);
});
afterAll(() => topics.drop());

/** As the cluster tells at that moment. */
const fault = async (given: Partial<typeof memory> = {}): Promise<string | undefined> =>
  faultInRetention(heard, await retentionOf(kafka, options, ['t', 'other', letters]), { ...memory, ...given });

describe('what an inbox remembers', () => {
  it('is enough for topics as they are created, and not a day less', async () => {
    expect(await fault()).toBeUndefined();
    expect(await fault({ INBOX_RETENTION_DAYS: 39 })).toBeUndefined();
    expect(await fault({ INBOX_RETENTION_DAYS: 38 })).toContain('set INBOX_RETENTION_DAYS to 39 or more');
    expect(await fault({ INBOX_RETENTION_DAYS: 39, RETRY_BUDGET_MS: dayMs + 1 })).toContain('set INBOX_RETENTION_DAYS to 40 or more');
  });

  it('is too little for a topic that an operator keeps for longer, and the figures to change are named', async () => {
    await topics.configure('t', { 'retention.ms': String(60 * dayMs) });
    expect(await fault()).toBe(
      'INBOX_RETENTION_DAYS=45 is too short, an event could take effect twice: t keeps its records for 60 days (retention.ms), one that ' +
        'fails is tried again for 600 s (RETRY_BUDGET_MS), t.group.dlq keeps them for 30 days (retention.ms), and there has to be a margin ' +
        'for 1 days; set INBOX_RETENTION_DAYS to 92 or more, or shorten them',
    );
    expect(await fault({ INBOX_RETENTION_DAYS: 92 })).toBeUndefined();
    await topics.configure('t', { 'retention.ms': String(7 * dayMs) });
    expect(await fault()).toBeUndefined();
  });

  it('is never enough for a topic or dead letters that are kept for ever', async () => {
    await topics.configure(letters, { 'retention.ms': '-1' });
    expect(await fault()).toContain('t.group.dlq keeps them for ever (retention.ms), and there has to be a margin');
    expect(await fault()).toContain('no INBOX_RETENTION_DAYS is long enough');
    await topics.configure(letters, { 'retention.ms': String(30 * dayMs) });
    await topics.configure('t', { 'cleanup.policy': 'compact' });
    expect(await fault()).toContain('t keeps its records for ever');
    await topics.configure('t', { 'retention.ms': String(7 * dayMs) });
    expect(await fault()).toBeUndefined();
  });
});

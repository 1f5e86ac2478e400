import { Kafka, logLevel } from 'kafkajs';
import { startGuardian, type Guardian } from './guardian.js';
import { startKafka, type KafkaCluster } from './kafka-cluster.js';
import { isPortFree, freePorts } from './ports.js';
import { removeTemporaryFolders, temporaryFolder } from './temporary-folder-for-specs.js';
import { until } from './until.js';

describe('a Kafka of three brokers', () => {
  let guardian: Guardian;
  let cluster: KafkaCluster;
  let kafka: Kafka;

  const sixPorts = async (): Promise<number> => {
    for (;;) {
      const [first = 0] = await freePorts(1);
      const free = await Promise.all(Array.from({ length: 6 }, (_, index) => isPortFree(first + index)));
      if (free.every(Boolean)) return first;
    }
  };

  beforeAll(async () => {
    guardian = startGuardian();
    cluster = await startKafka({ folder: temporaryFolder(), port: await sixPorts(), brokers: 3, guardian });
    kafka = new Kafka({ brokers: cluster.brokers.split(','), logLevel: logLevel.NOTHING });
  });
  afterAll(async () => {
    await cluster?.stop();
    await guardian.dismiss();
    await removeTemporaryFolders();
  });

  it('takes and delivers messages while one of its brokers is down, and takes it back', async () => {
    const admin = kafka.admin();
    const producer = kafka.producer();
    const consumer = kafka.consumer({ groupId: 'readers' });
    await Promise.all([admin.connect(), producer.connect()]);
    try {
      await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 3 }], waitForLeaders: false });
      // Each broker hears of it in its own time, and says until then that there is no such topic.
      const copies = async (): Promise<number[]> => {
        const { topics } = await admin.fetchTopicMetadata({ topics: ['kept'] });
        return topics.flatMap(({ partitions }) => partitions.map(({ leader, replicas }) => (leader < 0 ? 0 : replicas.length)));
      };
      const areThere = async (): Promise<boolean> => (await copies()).filter((count) => count === 3).length === 3;
      await until(areThere, AbortSignal.timeout(30_000));
      expect(await copies()).toEqual([3, 3, 3]);
      const send = (key: string): Promise<unknown> =>
        producer.send({ topic: 'kept', acks: -1, messages: [0, 1, 2].map((partition) => ({ partition, value: key })) });
      await send('before');

      await cluster.processes.get('kafka-2')?.stop('SIGKILL');
      await send('without');
      await cluster.processes.get('kafka-2')?.start();
      await cluster.ready();
      await send('after');

      const seen: string[] = [];
      await consumer.connect();
      await consumer.subscribe({ topic: 'kept', fromBeginning: true });
      await consumer.run({ eachMessage: async ({ message }) => void seen.push(message.value?.toString() ?? '') });
      while (seen.length < 9) await new Promise((resolve) => setTimeout(resolve, 50));
      expect([...seen].sort()).toEqual([...Array(3).fill('after'), ...Array(3).fill('before'), ...Array(3).fill('without')]);
    } finally {
      await Promise.all([admin.disconnect(), producer.disconnect(), consumer.disconnect()]);
    }
  });

  it('makes no topic by mistake', async () => {
    const producer = kafka.producer({ retry: { retries: 4, initialRetryTime: 150 } });
    await producer.connect();
    await expect(producer.send({ topic: 'mistyped', messages: [{ value: 'x' }] })).rejects.toThrow();
    await producer.disconnect();
    const admin = kafka.admin();
    await admin.connect();
    expect(await admin.listTopics()).not.toContain('mistyped');
    await admin.disconnect();
  });
});

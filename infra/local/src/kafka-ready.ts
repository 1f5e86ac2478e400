import { Kafka, logLevel } from 'kafkajs';
import { until } from './until.js';

/**
 * Waits until Kafka does what services need of it: all brokers have joined, and a consumer group finds its coordinator and
 * can read and write its offsets. An open port says neither; coordinators answer "loading" for a while after a start.
 */
export async function waitForKafka(
  brokers: string,
  { members = brokers.split(',').length, signal = AbortSignal.timeout(60_000) }: { members?: number; signal?: AbortSignal } = {},
): Promise<void> {
  const kafka = new Kafka({
    clientId: 'falconpay-wait',
    brokers: brokers.split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    retry: { retries: 0 },
  });
  await until(
    async () => {
      const admin = kafka.admin();
      try {
        await admin.connect();
        const cluster = await admin.describeCluster();
        if (cluster.brokers.length < members || cluster.controller === null) return false;
        // Reading offsets needs a coordinator that has loaded its partition; the four names fall on four partitions.
        for (const groupId of ['falconpay-wait-a', 'falconpay-wait-b', 'falconpay-wait-c', 'falconpay-wait-d']) {
          await admin.fetchOffsets({ groupId, topics: [] });
        }
        return true;
      } finally {
        await admin.disconnect().catch(() => undefined);
      }
    },
    signal,
    100,
  );
}

import kafkajs, { type Kafka } from 'kafkajs';
import type { KafkaOptions } from './kafka-client.js';

/** For how many milliseconds each topic keeps its records, as an operator or the broker has set it; for ever is Infinity. */
export async function retentionOf(kafka: Kafka, options: KafkaOptions, topics: readonly string[]): Promise<Map<string, number>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map((topic) => ({
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: options.prefix + topic,
        configNames: ['retention.ms', 'cleanup.policy'],
      })),
    });
    return new Map(
      resources.map(({ resourceName, configEntries }) => {
        const set = new Map(configEntries.map(({ configName, configValue }) => [configName, configValue]));
        const keptMs = Number(set.get('retention.ms'));
        const isDeleted = set.get('cleanup.policy')?.includes('delete') && keptMs >= 0;
        return [resourceName.slice(options.prefix.length), isDeleted ? keptMs : Number.POSITIVE_INFINITY];
      }),
    );
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { partitionOfKey } from './partition-of-key.js';

const partitioner = Partitioners.DefaultPartitioner();
const asKafkajs = (key: Buffer | string, partitions: number): number =>
  partitioner({
    topic: 'payment.created',
    partitionMetadata: Array.from({ length: partitions }, (_, partitionId) => ({
      ...{ partitionErrorCode: 0, partitionId, leader: 0, replicas: [0], isr: [0] },
    })),
    message: { key, value: '' },
  });

describe('the partition of a key', () => {
  const partitions = fc.integer({ min: 1, max: 2_000_000_000 }).map((each) => (each % 97) + 1);

  it('is the one any other client of Kafka puts it in, for texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), partitions, (key, count) => {
        expect(partitionOfKey(key, count)).toBe(asKafkajs(key, count));
      }),
      { numRuns: 1_000 },
    );
  });

  it('and for bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), partitions, (bytes, count) => {
        const key = Buffer.from(bytes);
        expect(partitionOfKey(key, count)).toBe(asKafkajs(key, count));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is the first when there is no key', () => {
    expect(partitionOfKey(null, 6)).toBe(0);
    expect(partitionOfKey(undefined, 6)).toBe(0);
  });
});

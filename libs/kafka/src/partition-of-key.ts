const seed = 0x9747b28c;
const mix = 0x5bd1e995;

/** Kafka's murmur2, as the Java client hashes keys. kafkajs has it on 64-bit objects: a new one for every step of every byte. */
function murmur2(key: Buffer): number {
  const { length } = key;
  const whole = length & ~3;
  let hash = seed ^ length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(key.readInt32LE(at), mix);
    word = Math.imul(word ^ (word >>> 24), mix);
    hash = Math.imul(hash, mix) ^ word;
  }
  const left = length - whole;
  if (left > 2) hash ^= (key[whole + 2] as number) << 16;
  if (left > 1) hash ^= (key[whole + 1] as number) << 8;
  if (left > 0) hash = Math.imul(hash ^ (key[whole] as number), mix);
  hash = Math.imul(hash ^ (hash >>> 13), mix);
  return hash ^ (hash >>> 15);
}

/** Where the Java client would put a key; a record without one has no order to keep, and goes to the first partition. */
export function partitionOfKey(key: Buffer | string | null | undefined, partitions: number): number {
  if (key === null || key === undefined) return 0;
  return (murmur2(typeof key === 'string' ? Buffer.from(key) : key) & 0x7fffffff) % partitions;
}

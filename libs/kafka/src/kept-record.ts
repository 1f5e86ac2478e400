import type { IHeaders } from 'kafkajs';
import type { InboundRecord } from './inbound-record.js';
import { forEachHeader, headersOf } from './record-codec.js';

/** A record kept whole where only text can be: its bytes in base64. */
export interface KeptRecord {
  readonly partition: number;
  readonly offset: string;
  readonly timestamp: string;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly HeaderPair[];
}
/** In the order in which they came; a header may have no value at all, which is not the same as an empty one. */
export type HeaderPair = readonly [name: string, value: string | null];

export const keptOf = (record: InboundRecord): KeptRecord => ({
  partition: record.partition,
  offset: record.offset,
  timestamp: record.timestamp,
  key: record.key?.toString('base64') ?? null,
  value: record.value?.toString('base64') ?? null,
  headers: headerPairsOf(record.headers),
});

/** As it came, to the byte. */
export const recordFrom = (topic: string, { partition, offset, timestamp, key, value, headers }: KeptRecord): InboundRecord => ({
  ...{ topic, partition, offset, timestamp, headers: headersFrom(headers) },
  key: key === null ? null : Buffer.from(key, 'base64'),
  value: value === null ? null : Buffer.from(value, 'base64'),
});

export function headerPairsOf(headers: IHeaders): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  forEachHeader(headers, (name, value) => pairs.push([name, value === null ? null : Buffer.from(value).toString('base64')]));
  return pairs;
}

export const headersFrom = (pairs: readonly HeaderPair[]): Record<string, Buffer | Buffer[]> =>
  headersOf(pairs.map(([name, value]) => [name, value === null ? null : Buffer.from(value, 'base64')]));

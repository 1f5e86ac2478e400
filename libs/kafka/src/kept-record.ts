import type { IHeaders } from 'kafkajs';
import type { InboundRecord } from './inbound-record.js';

/** A record kept whole where only text can be: its bytes in base64. */
export interface KeptRecord {
  readonly partition: number;
  readonly offset: string;
  readonly timestamp: string;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly HeaderPair[];
}
export type HeaderPair = readonly [name: string, value: string];

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

export const headerPairsOf = (headers: IHeaders): HeaderPair[] =>
  Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((each): HeaderPair[] =>
      each === undefined ? [] : [[name, Buffer.from(each).toString('base64')]],
    ),
  );

export function headersFrom(pairs: readonly HeaderPair[]): Record<string, Buffer | Buffer[]> {
  // Without a prototype: a header may be called `constructor`.
  const headers = Object.create(null) as Record<string, Buffer | Buffer[]>;
  for (const [name, value] of pairs) {
    const bytes = Buffer.from(value, 'base64');
    const known = headers[name];
    headers[name] = known === undefined ? bytes : [...(Array.isArray(known) ? known : [known]), bytes];
  }
  return headers;
}

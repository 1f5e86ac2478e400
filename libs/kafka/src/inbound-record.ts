import type { IHeaders } from 'kafkajs';

/** A record as it came, to the byte. */
export interface InboundRecord {
  /** Without the installation's prefix. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
}

/** A header's text; of a repeated header the last. */
export function headerOf(record: InboundRecord, name: string): string | undefined {
  const value = record.headers[name];
  const last = Array.isArray(value) ? value.at(-1) : value;
  return last === undefined ? undefined : last.toString();
}

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
  /** A header's text without reading all of them; of a repeated header the last. */
  header?(name: string): string | undefined;
}

/** A header's text; of a repeated header the last. */
export const headerOf = (record: InboundRecord, name: string): string | undefined =>
  record.header ? record.header(name) : textOf(record.headers[name]);

export function textOf(value: IHeaders[string]): string | undefined {
  const last = Array.isArray(value) ? value.at(-1) : value;
  return last === undefined ? undefined : last.toString();
}

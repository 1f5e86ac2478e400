import { createRequire } from 'node:module';
import type { IHeaders } from 'kafkajs';
import { DecodedRecord, encodeRecord, type EncodableRecord } from './record-codec.js';

/**
 * kafkajs 2.2.4 is the last release there will be; some of its parts cost more than everything around them and are
 * replaced here, before it is loaded. Everything else of it is used as it is.
 */
const require = createRequire(import.meta.url);

interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly maxTimestamp: string;
  readonly magicByte: number;
  readonly timestampType: number;
  readonly isControlBatch?: boolean;
}

interface Queue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

const logAppendTime = 1;

function replaceModule(name: string, replacement: unknown): void {
  const path = require.resolve(name);
  require(path);
  const loaded = require.cache[path];
  if (!loaded) throw new Error(`${name} is not where it was in kafkajs 2.2.4`);
  loaded.exports = replacement;
}

interface Addressing {
  readonly topic: string;
  readonly partitionMetadata: readonly unknown[];
  readonly messages: readonly { readonly partition?: number }[];
  readonly partitioner: (one: { topic: string; partitionMetadata: readonly unknown[]; message: unknown }) => number;
}

/** kafkajs copies a partition's whole list for each message it adds to it. */
replaceModule('kafkajs/src/producer/groupMessagesPerPartition.js', ({ topic, partitionMetadata, messages, partitioner }: Addressing) => {
  const byPartition: Record<number, unknown[]> = {};
  for (const message of messages) {
    const partition = message.partition ?? partitioner({ topic, partitionMetadata, message });
    (byPartition[partition] ??= []).push(message);
  }
  return byPartition;
});

/** Encoding and decoding records was a quarter of a busy service's time: a buffer per header, an object copied per header. */
replaceModule('kafkajs/src/protocol/recordBatch/record/v0/index.js', (record: EncodableRecord) => {
  const buffer = encodeRecord(record);
  return { buf: buffer, buffer };
});

/** A message as kafkajs hands it on; its headers are read from the record when they are asked for. */
export class FetchedMessage {
  readonly magicByte: number;
  readonly attributes: number;
  readonly timestamp: string;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly isControlRecord: boolean;

  constructor(
    private readonly record: DecodedRecord,
    readonly batchContext: BatchContext,
  ) {
    const isLogAppendTime = batchContext.timestampType === logAppendTime && batchContext.maxTimestamp;
    this.magicByte = batchContext.magicByte;
    this.attributes = record.attributes;
    this.timestamp = isLogAppendTime
      ? batchContext.maxTimestamp
      : String(BigInt(batchContext.firstTimestamp) + BigInt(record.timestampDelta));
    this.offset = String(BigInt(batchContext.firstOffset) + BigInt(record.offsetDelta));
    this.key = record.key;
    this.value = record.value;
    this.isControlRecord = batchContext.isControlBatch ?? false;
  }

  get headers(): IHeaders {
    return this.record.headers;
  }

  header(name: string): string | undefined {
    return this.record.header(name);
  }
}

replaceModule(
  'kafkajs/src/protocol/recordBatch/record/v0/decoder.js',
  ({ buffer }: { buffer: Buffer }, batch: BatchContext) => new FetchedMessage(new DecodedRecord(buffer), batch),
);

/**
 * Each connection checks its queue in a timer that, with nothing in it, starts itself again after a millisecond: some 900
 * wake-ups a second per connection, for ever. With nothing pending there is nothing to check, and whatever is put in
 * later schedules its own check.
 */
const queue = (require('kafkajs/src/network/requestQueue/index.js') as { prototype: Queue }).prototype;
const schedule = queue.scheduleCheckPendingRequests;
queue.scheduleCheckPendingRequests = function (this: Queue) {
  if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
};

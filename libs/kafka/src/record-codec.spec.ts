import { createRequire } from 'node:module';
import fc from 'fast-check';
import { DecodedRecord, encodeRecord, type EncodableRecord } from './record-codec.js';

const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (buffer: Buffer) => { readVarInt(): number; offset: number };
type KafkajsEncode = (record: EncodableRecord) => { buffer: Buffer };
const kafkajsEncode = require('kafkajs/src/protocol/recordBatch/record/v0/index.js') as KafkajsEncode;

const content = fc.oneof(
  fc.string(),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);
const record: fc.Arbitrary<EncodableRecord> = fc.record({
  offsetDelta: fc.nat({ max: 100_000 }),
  timestampDelta: fc.nat({ max: 1_000_000_000 }),
  key: fc.oneof(content, fc.constant(null)),
  value: fc.oneof(content, fc.constant(null)),
  headers: fc.dictionary(fc.string({ minLength: 1, maxLength: 40 }), fc.oneof(content, fc.array(content, { minLength: 2, maxLength: 3 })), {
    noNullPrototype: true,
  }),
});

const asBytes = (each: Buffer | string | null): Buffer | null => (typeof each === 'string' ? Buffer.from(each) : each);
const bodyOf = (encoded: Buffer): Buffer => {
  const decoder = new Decoder(encoded);
  decoder.readVarInt();
  return encoded.subarray(decoder.offset);
};

describe('the codec of Kafka records', () => {
  it('writes the very bytes that kafkajs writes', () => {
    fc.assert(
      fc.property(record, (each) => {
        const asKafkajsWantsIt = { ...each, key: asBytes(each.key), value: asBytes(each.value) };
        expect(encodeRecord(each).equals(kafkajsEncode(asKafkajsWantsIt).buffer)).toBe(true);
      }),
    );
  });

  it('reads back what it wrote, to the byte', () => {
    fc.assert(
      fc.property(record, (each) => {
        const read = new DecodedRecord(bodyOf(encodeRecord(each)));
        expect(read.offsetDelta).toBe(each.offsetDelta);
        expect(read.timestampDelta).toBe(each.timestampDelta);
        expect(read.key).toEqual(asBytes(each.key));
        expect(read.value).toEqual(asBytes(each.value));
        const headers = Object.entries(each.headers ?? {}).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.map(asBytes) : asBytes(value as string | Buffer),
        ]);
        expect(read.headers).toEqual(Object.fromEntries(headers));
      }),
    );
  });
});

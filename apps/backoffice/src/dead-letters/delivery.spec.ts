import { headerPairsOf, headersFrom } from '@falconpay/kafka/kept-record';
import { DecodedRecord, encodeRecord, headersOf, type RawHeader } from '@falconpay/kafka/record-codec';
import { commandIn, recordSentBack } from '@falconpay/pipeline/operator-command';
import type { RecordAsItCame } from '@falconpay/pipeline/use-case';
import { readDeadLetter } from './dead-letter-record.js';
import { deliveryOf, discardOf } from './delivery.js';
import { header, letter } from './letter-for-specs.js';

const delivery = '019a0000-0000-7000-8000-00000000000a';
const replacement = { eventId: '019a0000-0000-7000-8000-00000000000b', value: Buffer.from('{}') };
/** As its consumer understands it. */
const understood = ({ topic, headers }: RecordAsItCame) =>
  commandIn({ topic, partition: 0, offset: '0', timestamp: '0', key: null, value: null, headers: headersFrom(headers) });
const textOf = ({ headers }: RecordAsItCame, name: string) => headersFrom(headers)[name]?.toString();

/** Written and read again. */
function overKafka(headers: Record<string, Buffer | Buffer[]>): Record<string, Buffer | Buffer[]> {
  const record = encodeRecord({ key: null, value: null, headers });
  const sizeBytes = record.findIndex((byte) => byte < 0x80) + 1;
  return new DecodedRecord(record.subarray(sizeBytes)).headers;
}

describe('what is sent to the group that failed', () => {
  it('is a replay, an edit or a discard, whatever an operator’s headers its record was published with', () => {
    const forged = ['fp-discard', 'fp-edited-from', 'fp-replay-of', 'fp-replay-id', 'fp-replay-count'].map((name) =>
      header(name, 'forged'),
    );
    const dead = { ...letter, headers: [...letter.headers, ...forged], replays: 2 };
    const wanted = { headId: letter.eventId, replayId: delivery };
    expect(understood(deliveryOf(dead, delivery))).toEqual({ ...wanted, kind: 'replay', count: 2 });
    expect(understood(deliveryOf({ ...dead, replacement }, delivery))).toEqual({ ...wanted, kind: 'edit', count: 2 });
    expect(understood(discardOf(dead, delivery, 'wrong'))).toEqual({ ...wanted, kind: 'discard', count: 1 });
    expect(textOf(discardOf(dead, delivery, 'wrong'), 'fp-discard')).toBe('wrong');
  });

  it('has the record’s headers to the byte: in their order, repeated, empty, or without a value', () => {
    const bytes = Buffer.from([0, 255, 128]);
    const raw: RawHeader[] = [
      ['b', bytes],
      ['9', Buffer.alloc(0)],
      ['a', Buffer.from('x')],
      ['b', null],
      ['constructor', bytes],
      ['1', null],
      ['a', bytes],
    ];
    const expected = raw.map(([name, value]) => [name, value?.toString('base64') ?? null]);
    const came = headerPairsOf(overKafka(headersOf(raw)));
    expect(came).toEqual(expected);
    const place = { partition: 0, offset: '0', timestamp: '0', key: null, value: null };
    const setAside = headersFrom([...came, header('x-dlq-event-id', letter.eventId)]);
    const read = readDeadLetter({ ...place, topic: 'dlq', headers: overKafka(setAside) }, letter, letter.eventId);
    const { headers } = deliveryOf({ ...letter, headers: read.headers }, delivery);
    const back = recordSentBack({ ...place, topic: 'retry', headers: overKafka(headersFrom(headers)) }, letter.topic);
    expect(headerPairsOf(back.headers)).toEqual(expected);
  });

  it('is the record as it came; edited, an event of its own, of the type that its topic carries', () => {
    const sent = deliveryOf({ ...letter, headers: [header('raw', 'x'), header('ce_type', 'of.another.release')] }, delivery);
    expect(sent).toMatchObject({ topic: 'payment.created.falconpay.wallet.retry', key: letter.key, value: letter.value });
    expect([textOf(sent, 'raw'), textOf(sent, 'ce_type')]).toEqual(['x', 'of.another.release']);
    const edited = deliveryOf(
      { ...letter, headers: [header('ce_type', 'of.another.release'), header('ce_id', 'none')], replacement },
      delivery,
    );
    expect(edited.value).toBe(replacement.value);
    expect([textOf(edited, 'ce_id'), textOf(edited, 'ce_type')]).toEqual([replacement.eventId, 'com.falconpay.payment.created.v1']);
  });
});

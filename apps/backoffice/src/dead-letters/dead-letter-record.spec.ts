import type { InboundRecord } from '@falconpay/kafka/inbound-record';
import { readDeadLetter } from './dead-letter-record.js';

const place = '00000000-0000-8000-8000-000000000000';
const source = { topic: 'payment.created', group: 'falconpay.wallet' };
const record = (headers: InboundRecord['headers'], more: Partial<InboundRecord> = {}): InboundRecord => ({
  ...{ topic: 'payment.created.falconpay.wallet.dlq', partition: 3, offset: '9', timestamp: '1000', key: null, value: null, headers },
  ...more,
});
const read = (headers: InboundRecord['headers'], more: Partial<InboundRecord> = {}) => readDeadLetter(record(headers, more), source, place);

describe('a record of a topic of dead letters', () => {
  it('is taken apart into the original and what was written beside it', () => {
    const bytes = Buffer.from([0, 255, 254]);
    const letter = read(
      { raw: bytes, 'x-dlq-topic': ['forged', 'payment.created'], 'x-dlq-offset': '41', 'x-dlq-attempts': '5', 'x-dlq-mine': 'kept' },
      { key: bytes, value: bytes },
    );
    expect(letter).toMatchObject({ ...source, partition: 3, offset: '41', attempts: 5, key: bytes, value: bytes });
    expect(letter.headers).toEqual([
      ['raw', bytes.toString('base64')],
      ['x-dlq-topic', Buffer.from('forged').toString('base64')],
      ['x-dlq-mine', Buffer.from('kept').toString('base64')],
    ]);
  });

  it('has a place in the store whatever it says', () => {
    expect(read({})).toMatchObject({
      eventId: place,
      sagaId: '',
      errorClass: 'Unknown',
      attempts: 1,
      failedAt: new Date(1_000),
      replays: 0,
    });
    const strange = read({ 'x-dlq-error-message': 'a\0b', 'x-dlq-attempts': '-1', 'x-dlq-last-failed-at': 'never', 'x-dlq-event-id': 'x' });
    expect(strange).toMatchObject({ errorMessage: 'ab', attempts: 1, failedAt: new Date(1_000), eventId: place });
  });

  it.each([['0000-01-01T00:00:00Z'], ['-000001-01-01T00:00:00Z'], ['+010000-01-01T00:00:00Z']])(
    'is dated by its record when the time it states cannot be kept: %s',
    (time) => {
      const letter = read({ 'x-dlq-first-failed-at': time, 'x-dlq-last-failed-at': time });
      expect(letter).toMatchObject({ firstFailedAt: new Date(1_000), failedAt: new Date(1_000) });
    },
  );

  it.each([['-1'], ['999999999999999'], ['9223372036854775807'], ['x']])(
    'has a time that can be kept when its record’s is %s',
    (timestamp) => {
      expect(read({}, { timestamp }).failedAt).toEqual(new Date(0));
    },
  );

  it('has numbers that can be kept', () => {
    const many = '99999999999';
    expect(read({ 'x-dlq-partition': many, 'x-dlq-attempts': many, 'x-dlq-replay-count': many })).toMatchObject({
      ...{ partition: 3, attempts: 1, replays: 0 },
    });
  });
});

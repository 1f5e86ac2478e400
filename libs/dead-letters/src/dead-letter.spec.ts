import type { InboundRecord } from '@falconpay/kafka/inbound-record';
import { deadLetterOf } from './dead-letter.js';

const bytes = Buffer.from([0, 1, 255, 254, 10]);
const record: InboundRecord = {
  topic: 'payment.created',
  partition: 3,
  offset: '42',
  timestamp: '1767225600000',
  key: bytes,
  value: bytes,
  headers: { ce_id: Buffer.from('not a uuid'), twice: [Buffer.from('1'), Buffer.from('2')], raw: bytes },
};
const at = new Date('2026-01-02T03:04:05.678Z');
const letter = (of: Partial<InboundRecord> = {}, message = 'no such field') =>
  deadLetterOf({
    record: { ...record, ...of },
    group: 'falconpay.wallet',
    reason: { errorClass: 'ContractViolation', message },
    at,
    id: 'id',
  });
const headersOf = (of: ReturnType<typeof letter>) =>
  (of.verbatim?.headers ?? []).map(([name, value]) => [name, Buffer.from(value, 'base64')] as const);

describe('a dead letter', () => {
  it('is the record as it came, to the byte, on its way to its group’s own topic', () => {
    const { topic, verbatim, payload } = letter();
    expect(topic).toBe('payment.created.falconpay.wallet.dlq');
    expect(Buffer.from(verbatim?.key ?? '', 'base64')).toEqual(bytes);
    expect(Buffer.from(payload, 'base64')).toEqual(bytes);
    expect(headersOf(letter()).slice(0, 4)).toEqual([
      ['ce_id', Buffer.from('not a uuid')],
      ['twice', Buffer.from('1')],
      ['twice', Buffer.from('2')],
      ['raw', bytes],
    ]);
  });

  it('says where it came from, who set it aside, when and why', () => {
    const about = Object.fromEntries(headersOf(letter()).map(([name, value]) => [name, value.toString()]));
    expect(about).toMatchObject({
      'x-dlq-topic': 'payment.created',
      'x-dlq-partition': '3',
      'x-dlq-offset': '42',
      'x-dlq-timestamp': '1767225600000',
      'x-dlq-group': 'falconpay.wallet',
      'x-dlq-attempts': '1',
      'x-dlq-first-failed-at': '2026-01-02T03:04:05.678Z',
      'x-dlq-error-class': 'ContractViolation',
      'x-dlq-error-message': 'no such field',
    });
  });

  it('keeps a missing key missing', () => {
    expect(letter({ key: null }).verbatim?.key).toBeNull();
  });

  it('has nothing in its row’s key that Postgres cannot store', () => {
    expect(letter().key).not.toContain('\0');
  });

  it('shows no run of digits that could be a card’s number, and no message without end', () => {
    const message = Object.fromEntries(headersOf(letter({}, `card 4111111111111111 ${'x'.repeat(5_000)}`)))['x-dlq-error-message'];
    expect(message?.toString()).toContain('card [redacted]');
    expect(message?.length).toBe(1_024);
  });
});

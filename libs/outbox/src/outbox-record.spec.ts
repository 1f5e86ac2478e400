import { recordOf } from './outbox-record.js';
import type { OutboxRow } from './relay-cursor.js';

const row: OutboxRow = {
  position: 1n,
  xid: '1',
  id: '01900000-0000-7000-8000-000000000001',
  topic: 'payment.created',
  key: 'pay_1',
  type: 'com.falconpay.payment.created.v1',
  time: new Date('2026-01-02T03:04:05.678Z'),
  payload: '{}',
  sequence: 1,
  causation_id: 'req-1',
  traceparent: '00-1-2-01',
  verbatim: null,
};
const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');

describe('a row of the outbox as a record', () => {
  it('is a CloudEvent in binary mode, keyed by what it is about', () => {
    const { topic, message } = recordOf(row, '/services/payment');
    expect({ topic, key: message.key, value: message.value }).toEqual({ topic: 'payment.created', key: 'pay_1', value: row.payload });
    expect(message.headers).toEqual({
      ce_specversion: '1.0',
      ce_id: row.id,
      ce_source: '/services/payment',
      ce_type: row.type,
      ce_time: '2026-01-02T03:04:05.678Z',
      ce_subject: 'pay_1',
      ce_dataschema: 'https://falconpay.dev/events/payment.created.v1.schema.json',
      'content-type': 'application/json',
      ce_correlationid: 'pay_1',
      ce_causationid: 'req-1',
      ce_sequence: '1',
      traceparent: '00-1-2-01',
    });
  });

  it('is the record as it came, to the byte, when it is passed on', () => {
    const bytes = Buffer.from([0, 255, 128, 10]);
    const verbatim = {
      key: base64(bytes),
      headers: [['twice', base64('1')] as const, ['twice', base64('2')] as const, ['binary', base64(bytes)] as const],
    };
    const { message } = recordOf({ ...row, verbatim, payload: base64(bytes) }, '/services/wallet');
    expect(message.key).toEqual(bytes);
    expect(message.value).toEqual(bytes);
    expect(message.headers).toEqual({ twice: [Buffer.from('1'), Buffer.from('2')], binary: bytes });
  });

  it('keeps a key that was missing missing', () => {
    expect(recordOf({ ...row, verbatim: { key: null, headers: [] } }, '/').message.key).toBeNull();
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('takes a header called %s for a header', (name) => {
    const { message } = recordOf({ ...row, verbatim: { key: null, headers: [[name, base64('value')]] } }, '/');
    expect(Object.entries(message.headers ?? {})).toEqual([[name, Buffer.from('value')]]);
  });
});

import type { InboundRecord } from '@falconpay/kafka/inbound-record';
import { recordOf } from '@falconpay/outbox/outbox-record';
import type { OutboxRow } from '@falconpay/outbox/relay-cursor';
import { deadLetterOf, type SetAside } from './dead-letter.js';
import type { Failure } from './failure.js';
import { fingerprintOf } from './fingerprint.js';

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
const setAside: SetAside = {
  record,
  eventId: '00000000-0000-8000-8000-000000000042',
  group: 'falconpay.wallet',
  serviceVersion: '1.2.3',
  failure: { failureClass: 'poison', errorClass: 'ContractViolation', message: 'no such field', handler: 'post-transfer' },
  attempts: 3,
  firstFailedAt: new Date('2026-01-02T03:04:00.000Z'),
  replay: { id: 'job-1/7', count: 2 },
  at,
  id: 'id',
};
const letter = (of: Partial<InboundRecord> = {}, failure: Partial<Failure> = {}) =>
  deadLetterOf({ ...setAside, record: { ...record, ...of }, failure: { ...setAside.failure, ...failure } });
const headersOf = (of: ReturnType<typeof letter>) =>
  (of.verbatim?.headers ?? []).map(([name, value]) => [name, Buffer.from(value ?? '', 'base64')] as const);
const aboutOf = (of: ReturnType<typeof letter>): Record<string, string> =>
  Object.fromEntries(headersOf(of).map(([name, value]) => [name, value.toString()]));

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
    expect(aboutOf(letter())).toMatchObject({
      'x-dlq-event-id': '00000000-0000-8000-8000-000000000042',
      'x-dlq-topic': 'payment.created',
      'x-dlq-partition': '3',
      'x-dlq-offset': '42',
      'x-dlq-timestamp': '1767225600000',
      'x-dlq-group': 'falconpay.wallet',
      'x-dlq-class': 'poison',
      'x-dlq-handler': 'post-transfer',
      'x-dlq-attempts': '3',
      'x-dlq-first-failed-at': '2026-01-02T03:04:00.000Z',
      'x-dlq-last-failed-at': '2026-01-02T03:04:05.678Z',
      'x-dlq-error-class': 'ContractViolation',
      'x-dlq-error-message': 'no such field',
      'x-dlq-error-fingerprint': fingerprintOf(setAside.failure),
      'x-dlq-service-version': '1.2.3',
      'x-dlq-replay-id': 'job-1/7',
      'x-dlq-replay-count': '2',
      'kafka_dlt-original-topic': 'payment.created',
    });
  });

  it.each([
    ['nothing', null, null],
    ['no bytes', Buffer.alloc(0), Buffer.alloc(0)],
    ['bytes that are no text', bytes, bytes],
    ['a megabyte', Buffer.alloc(1_048_576, 255), Buffer.alloc(1_048_576, 254)],
  ])('comes out of the outbox as it went in, with %s for key and value', (_what, key, value) => {
    const headers = { large: Buffer.alloc(1_048_576, 253), empty: Buffer.alloc(0), constructor: Buffer.from('a') };
    const { topic, payload, verbatim, ...event } = letter({ key, value, headers });
    // Columns that a passed-on record does not use are left out.
    const row = { ...event, topic, payload, verbatim: JSON.parse(JSON.stringify(verbatim)) as object } as unknown as OutboxRow;
    const { message } = recordOf(row, '/services/wallet');
    // Jest compares bytes one by one.
    const isSame = (one: unknown, other: Buffer | null): boolean => (Buffer.isBuffer(one) && other ? other.equals(one) : one === other);
    expect(isSame(message.key, key)).toBe(true);
    expect(isSame(message.value, value)).toBe(true);
    for (const [name, content] of Object.entries(headers)) expect([name, isSame(message.headers?.[name], content)]).toEqual([name, true]);
  });

  it('has nothing in its row’s key that Postgres cannot store', () => {
    expect(letter().key).not.toContain('\0');
  });

  it('names the class of its error without what is secret, and not without end', () => {
    const about = aboutOf(letter({}, { errorClass: `No.4111 1111 1111 1111 ${'x'.repeat(5_000)}` }));
    expect(about['x-dlq-error-class']).toMatch(/^No\.\[hidden\] x+$/);
    expect(about['x-dlq-error-class']?.length).toBe(200);
  });

  it('shows no run of digits that could be a card’s number, and no message without end', () => {
    const about = aboutOf(letter({}, { message: `card 4111111111111111 ${'ü'.repeat(5_000)}`, stack: `at x\n${'y'.repeat(50_000)}` }));
    expect(about['x-dlq-error-message']).toContain('card [');
    expect(about['x-dlq-error-message']).not.toContain('4111');
    expect(Buffer.byteLength(about['x-dlq-error-message'] ?? '')).toBeLessThanOrEqual(1_024);
    expect(Buffer.byteLength(about['x-dlq-error-stack'] ?? '')).toBe(4_096);
  });
});

describe('a fingerprint', () => {
  const failure = (message: string, more: Partial<Failure> = {}): Failure => ({ ...setAside.failure, message, ...more });
  const stack = (line: number, file = 'post-transfer') =>
    `TypeError: x\n    at decide (file:///app/dist/${file}.js:${line}:7)\n    at settle (a.js:1:2)`;

  it.each([
    ['ids', 'transfer pay_01jabcdefghjkmnpqrstvwxyz is gone', 'transfer pay_01jzzzzzzzzzzzzzzzzzzzzzz is gone'],
    ['UUIDs', 'event 0199c3a1-7c4e-7000-8000-1234567890ab', 'event 0199c3a1-7c4e-7000-8000-ffffffffffff'],
    ['numbers', 'offset 12 of 3', 'offset 99999 of 1'],
    ['what is quoted', `Unexpected token 'x', "xyz" is not valid JSON`, `Unexpected token 'a', "abc..." is not valid JSON`],
  ])('is the same whatever %s a message names', (_what, one, another) => {
    expect(fingerprintOf(failure(one))).toBe(fingerprintOf(failure(another)));
  });

  it('outlives the lines of a release, not the place', () => {
    expect(fingerprintOf(failure('x', { stack: stack(1) }))).toBe(fingerprintOf(failure('x', { stack: stack(99) })));
    expect(fingerprintOf(failure('x', { stack: stack(1) }))).not.toBe(fingerprintOf(failure('x', { stack: stack(1, 'post-bulk') })));
  });

  it('tells failures apart', () => {
    const all = [failure('a'), failure('b'), failure('a', { errorClass: 'TypeError' }), failure('a', { failureClass: 'transient' })];
    expect(new Set(all.map(fingerprintOf)).size).toBe(4);
    for (const each of all) expect(fingerprintOf(each)).toMatch(/^[0-9a-f]{16}$/);
  });
});

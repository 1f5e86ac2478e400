import { currency } from '@falconpay/money/currency';
import { money } from '@falconpay/money/money';
import { readAnswer, type Asked, type Question } from './partner-answer.js';
import type { PartnerKind } from './partner-port.js';

const asked = (kind: PartnerKind, question: Question, more: Partial<Asked> = {}): Asked => ({
  question,
  order: { partner: { kind, id: 'A', url: 'http://127.0.0.1:1' }, id: 'wdr_1', amount: money(10_000n, currency('USD')) },
  ...more,
});
const read = (kind: PartnerKind, question: Question, body: unknown, status = 200) => {
  const { raw: _raw, ...rest } = readAnswer(asked(kind, question), {
    status,
    text: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return rest;
};
const usd = (amount: number) => ({ amount, currency: 'USD' });
const dispense = (rest: object) => ({ dispense_id: 'wdr_1', machine_ref: 'M-1', ...rest });

describe('a machine’s answer', () => {
  test.each([
    [
      { outcome: 'dispensed', dispensed: usd(10_000) },
      { says: 'done', paid: 10_000n },
    ],
    [
      { outcome: 'partial', dispensed: usd(4_000) },
      { says: 'partial', paid: 4_000n },
    ],
    [
      { outcome: 'not_dispensed', dispensed: usd(0), reason: 'jam' },
      { says: 'refused', paid: 0n, reason: 'jam' },
    ],
    [{ outcome: 'not_dispensed' }, { says: 'refused', paid: 0n }],
    [{ outcome: 'unknown' }, { says: 'unknown', doubt: 'partner-does-not-know' }],
  ])('to a command: %j', (body, expected) => {
    expect(read('machine', 'command', dispense(body))).toEqual({ ...expected, partnerRef: 'M-1' });
  });

  test.each([
    [{ outcome: 'tombstoned' }, { says: 'tombstoned', paid: 0n }],
    [{ outcome: 'in_progress' }, { says: 'in_progress' }],
    [
      { outcome: 'dispensed', dispensed: usd(10_000) },
      { says: 'done', paid: 10_000n },
    ],
    [
      { outcome: 'retracted', dispensed: usd(0) },
      { says: 'retracted', paid: 0n },
    ],
    [
      { outcome: 'retracted', dispensed: usd(2_000) },
      { says: 'retracted', paid: 2_000n },
    ],
    [
      { outcome: 'retracted', reason: 'not_counted' },
      { says: 'retracted', reason: 'not_counted' },
    ],
  ])('to a cancel and an inquiry, with or without our id: %j', (body, expected) => {
    for (const question of ['cancel', 'inquiry'] as const) {
      expect(read('machine', question, body)).toEqual(expected);
      expect(read('machine', question, dispense(body))).toEqual({ ...expected, partnerRef: 'M-1' });
    }
  });

  test.each([
    ['no JSON', '{"dispense_id":"wdr_1","outcome":"disp', 'broken-answer'],
    ['nothing', '', 'broken-answer'],
    ['a list', [dispense({ outcome: 'not_dispensed' })], 'broken-answer'],
    ['without our id', { outcome: 'not_dispensed' }, 'broken-answer'],
    ['another id', { dispense_id: 'wdr_2', outcome: 'not_dispensed' }, 'answers-another-order'],
    ['a word of another protocol', dispense({ outcome: 'rejected' }), 'broken-answer'],
    ['a word that every object has', dispense({ outcome: 'constructor' }), 'broken-answer'],
    ['no word', dispense({}), 'broken-answer'],
    ['a tombstone in answer to a command', dispense({ outcome: 'tombstoned' }), 'broken-answer'],
    ['another currency', dispense({ outcome: 'dispensed', dispensed: { amount: 10_000, currency: 'OMR' } }), 'answers-another-order'],
    [
      'another currency of nothing',
      dispense({ outcome: 'not_dispensed', dispensed: { amount: 0, currency: 'OMR' } }),
      'answers-another-order',
    ],
    ['more than was asked for', dispense({ outcome: 'dispensed', dispensed: usd(10_001) }), 'answers-another-order'],
    ['all, but less than all', dispense({ outcome: 'dispensed', dispensed: usd(9_999) }), 'broken-answer'],
    ['all, but not how much', dispense({ outcome: 'dispensed' }), 'broken-answer'],
    ['a part that is all', dispense({ outcome: 'partial', dispensed: usd(10_000) }), 'broken-answer'],
    ['a part that is nothing', dispense({ outcome: 'partial', dispensed: usd(0) }), 'broken-answer'],
    ['nothing, but something', dispense({ outcome: 'not_dispensed', dispensed: usd(1) }), 'broken-answer'],
    ['half a unit', dispense({ outcome: 'partial', dispensed: usd(0.5) }), 'broken-answer'],
    ['less than nothing', dispense({ outcome: 'partial', dispensed: usd(-1) }), 'broken-answer'],
    ['an amount as text', dispense({ outcome: 'partial', dispensed: { amount: '4000', currency: 'USD' } }), 'broken-answer'],
    ['no money', dispense({ outcome: 'partial', dispensed: null }), 'broken-answer'],
    ['a reference that is no text', dispense({ outcome: 'not_dispensed', machine_ref: 7 }), 'broken-answer'],
    ['a reason that is no text', dispense({ outcome: 'not_dispensed', reason: {} }), 'broken-answer'],
  ])('%s is unknown, never no', (_what, body, doubt) => {
    expect(read('machine', 'command', body)).toEqual({ says: 'unknown', doubt });
  });

  test.each([201, 204, 301, 400, 404, 409, 429, 500, 503])('status %i is unknown, whatever the body says', (status) => {
    expect(read('machine', 'command', dispense({ outcome: 'not_dispensed' }), status)).toEqual({
      says: 'unknown',
      doubt: 'unexpected-status',
    });
  });

  test('404 says "never heard" to an inquiry and nothing to anything else', () => {
    expect(read('machine', 'inquiry', {}, 404)).toEqual({ says: 'never_heard' });
    expect(read('machine', 'cancel', {}, 404)).toEqual({ says: 'unknown', doubt: 'unexpected-status' });
  });
});

describe('a bank’s answer', () => {
  test.each([
    [{ outcome: 'accepted' }, { says: 'done', paid: 10_000n }],
    [
      { outcome: 'accepted', amount: usd(10_000) },
      { says: 'done', paid: 10_000n },
    ],
    [
      { outcome: 'rejected', reason: 'account_closed' },
      { says: 'refused', paid: 0n, reason: 'account_closed' },
    ],
    [
      { outcome: 'accepted', amount: usd(9_000) },
      { says: 'unknown', doubt: 'broken-answer' },
    ],
    [
      { outcome: 'partial', amount: usd(9_000) },
      { says: 'unknown', doubt: 'broken-answer' },
    ],
    [{ outcome: 'dispensed' }, { says: 'unknown', doubt: 'broken-answer' }],
  ])('%j', (body, expected) => {
    expect(read('bank', 'command', { credit_id: 'wdr_1', ...body })).toEqual(expected);
  });
});

describe('an institution’s answer', () => {
  test.each([
    ['command', { cashout_id: 'wdr_1', outcome: 'approved' }, { says: 'done', paid: 10_000n }],
    ['command', { cashout_id: 'wdr_1', outcome: 'declined' }, { says: 'refused', paid: 0n }],
    ['inquiry', { outcome: 'reversed' }, { says: 'reversed' }],
    ['cancel', { outcome: 'reversed' }, { says: 'reversed' }],
    ['cancel', { outcome: 'already_reversed' }, { says: 'reversed' }],
    ['cancel', { outcome: 'original_unknown' }, { says: 'tombstoned', paid: 0n }],
    ['cancel', { outcome: 'unknown' }, { says: 'unknown', doubt: 'broken-answer' }],
    ['cancel', { outcome: 'approved' }, { says: 'unknown', doubt: 'broken-answer' }],
  ] as const)('to a %s: %j', (question, body, expected) => {
    expect(read('institution', question, body)).toEqual(expected);
  });

  test('about another reversal acknowledges nothing', () => {
    const text = JSON.stringify({ reversal_id: 'rev_2', cashout_id: 'wdr_1', outcome: 'reversed' });
    expect(readAnswer(asked('institution', 'cancel', { reversalId: 'rev_1' }), { status: 200, text })).toMatchObject({
      says: 'unknown',
      doubt: 'answers-another-order',
    });
  });

  test('a card that it echoes is kept nowhere', () => {
    const card = { number: '4000001234567899', pin: '8642' };
    const body = {
      cashout_id: 'wdr_1',
      outcome: 'declined',
      institution_ref: card.number,
      reason: `card ${card.number} pin ${card.pin}`,
      card,
    };
    const answer = readAnswer(asked('institution', 'command', { card }), { status: 200, text: JSON.stringify(body) });
    expect(answer).toMatchObject({ says: 'refused', partnerRef: '[hidden]', reason: 'card [hidden] pin [hidden]' });
    expect(JSON.stringify({ ...answer, paid: 0 })).not.toMatch(/4000001234567899|8642/);
  });
});

test('what is kept of an answer is bounded and printable', () => {
  const { raw, reason } = readAnswer(asked('machine', 'command'), {
    status: 200,
    text: JSON.stringify(dispense({ outcome: 'not_dispensed', reason: `a\u0000\u001b[2J${'x'.repeat(10_000)}` })),
  });
  expect(raw).toHaveLength(2_000);
  expect(reason).toHaveLength(140);
  expect(reason).toMatch(/^a {2}\[2Jx+$/);
});

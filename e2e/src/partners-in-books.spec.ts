import { comparePartners } from './partners-in-books.js';

const line = (event: string, amount = 0, id = 'w') => ({ id, event, amount });
const order = (status: string, paid: string | null = null) => ({ id: 'w', status, paid });
const ledger = (is_held: boolean, booked = '0') => ({ id: 'w', is_held, booked });

describe('the partners\u2019 journals and our books', () => {
  it.each([
    ['paid for', [line('dispensed', 500)], order('COMPLETED', '500'), [ledger(false, '500')], { moved: 500, booked: 500, open: 0 }],
    ['given back', [line('tombstoned')], order('REFUNDED'), [ledger(false)], { moved: 0 }],
    ['taken back', [line('presented', 500), line('retracted', 500)], order('REFUNDED'), [ledger(false)], { moved: 0 }],
    ['not counted', [line('presented', 500), line('retracted')], order('MANUAL_REVIEW'), [ledger(true)], { moved: 500, open: 500 }],
    ['never known', [line('unknown')], order('MANUAL_REVIEW'), [ledger(true)], { open: 0 }],
    ['a shortage', [line('tombstoned'), line('dispensed', 500)], order('MANUAL_REVIEW', '500'), [ledger(false, '500')], { booked: 500 }],
    ['refused by the wallet', [], order('REFUSED'), [], { byStatus: { REFUSED: 1 } }],
    ['left to the day\u2019s journal', [line('tombstoned'), line('dispensed', 500)], order('REFUNDED'), [ledger(false)], { broken: 500 }],
  ])('agree on a withdrawal: %s', (_, lines, it, rows, sums) => {
    expect(comparePartners('withdrawal', lines, [it], rows)).toMatchObject({ ...sums, orders: 1, underWay: [], wrong: [] });
  });

  it.each([
    [
      'taken by the bank',
      'payout',
      [line('accepted', 500)],
      order('COMPLETED', '500'),
      [ledger(false, '500')],
      { moved: 500, booked: 500 },
    ],
    ['rejected by the bank', 'payout', [line('rejected')], order('REFUNDED'), [ledger(false)], { moved: 0 }],
    ['credited', 'redemption', [line('approved', 500)], order('COMPLETED', '500'), [ledger(false, '500')], { moved: 500, booked: 500 }],
    ['taken back', 'redemption', [line('approved', 500), line('reversed', 500)], order('REVERSED', '500'), [], { moved: 0, booked: 0 }],
    ['declined', 'redemption', [line('declined')], order('DECLINED'), [], { byStatus: { DECLINED: 1 } }],
    ['reversed for ever', 'redemption', [line('unknown')], order('REVERSING'), [], { open: 0 }],
    ['charged against its word', 'redemption', [line('tombstoned'), line('approved', 500)], order('REVERSED'), [], { broken: 500 }],
  ] as const)('agree: %s', (_, kind, lines, it, rows, sums) => {
    expect(comparePartners(kind, lines, [it], rows)).toMatchObject({ ...sums, orders: 1, underWay: [], wrong: [] });
  });

  it.each([
    ['cash that nobody paid for', 'withdrawal', [line('dispensed', 500)], order('REFUNDED'), [ledger(false)], /500 by .* 0 by our/],
    ['more paid for than came out', 'withdrawal', [line('partial', 200)], order('COMPLETED', '500'), [ledger(false, '500')], /200 .* 500/],
    ['nothing came out', 'withdrawal', [line('tombstoned')], order('COMPLETED', '500'), [ledger(false, '500')], /0 by .* 500 by/],
    ['paid twice', 'withdrawal', [line('dispensed', 500), line('dispensed', 500)], order('COMPLETED', '500'), [ledger(true)], /it 2 times/],
    ['a review that nobody needs', 'payout', [line('accepted', 500)], order('MANUAL_REVIEW'), [ledger(true)], /waits for people/],
    ['an order that we do not know', 'payout', [line('tombstoned', 0, 'x')], order('REFUSED'), [], /knows x, and we do not/],
    ['charged and not credited', 'redemption', [line('approved', 500)], order('DECLINED'), [], /500 by .* 0 by our ledger/],
    [
      'credited and taken back',
      'redemption',
      [line('approved', 5), line('reversed', 5)],
      order('COMPLETED'),
      [ledger(false, '5')],
      /0 by .* 5/,
    ],
  ] as const)('do not: %s', (_, kind, lines, it, rows, accusation) => {
    const { wrong } = comparePartners(kind, lines, [it], rows);
    expect(wrong).toHaveLength(1);
    expect(wrong[0]).toMatch(accusation);
  });

  it.each([
    ['withdrawal', 'RECONCILING', [line('dispensed', 500)]],
    ['payout', 'ACTING', []],
    ['redemption', 'REVERSING', [line('approved', 500)]],
  ] as const)('are not final while a %s is %s', (kind, status, lines) => {
    expect(comparePartners(kind, lines, [order(status)], [ledger(true)]).underWay).toEqual([`I8 ${kind} w is still ${status}`]);
  });
});

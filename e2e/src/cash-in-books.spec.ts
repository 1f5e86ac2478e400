import { compareCash } from './cash-in-books.js';

const line = (event: string, amount = 0, dispense_id = 'w') => ({ dispense_id, event, amount });
const order = (status: string, paid: string | null = null) => ({ id: 'w', status, paid });
const hold = (is_open: boolean, paid_for = '0') => ({ id: 'w', is_open, paid_for });

describe('the machines\u2019 journals and our books', () => {
  it.each([
    ['paid for', [line('dispensed', 500)], order('COMPLETED', '500'), [hold(false, '500')], { cameOut: 500, paidFor: 500, open: 0 }],
    ['given back', [line('tombstoned')], order('REFUNDED'), [hold(false)], { cameOut: 0 }],
    ['taken back', [line('presented', 500), line('retracted', 500)], order('REFUNDED'), [hold(false)], { cameOut: 0 }],
    ['not counted', [line('presented', 500), line('retracted')], order('MANUAL_REVIEW'), [hold(true)], { cameOut: 500, open: 500 }],
    ['never known', [line('unknown')], order('MANUAL_REVIEW'), [hold(true)], { open: 0 }],
    ['a shortage', [line('tombstoned'), line('dispensed', 500)], order('MANUAL_REVIEW', '500'), [hold(false, '500')], { paidFor: 500 }],
    ['refused by the wallet', [], order('REFUSED'), [], { byStatus: { REFUSED: 1 } }],
    ['left to the day\u2019s journal', [line('tombstoned'), line('dispensed', 500)], order('REFUNDED'), [hold(false)], { broken: 500 }],
  ])('agree: %s', (_, lines, it, holds, sums) => {
    expect(compareCash(lines, [it], holds)).toMatchObject({ ...sums, withdrawals: 1, wrong: [] });
  });

  it.each([
    ['cash that nobody paid for', [line('dispensed', 500)], order('REFUNDED'), [hold(false)], /500 came out .* 0 was paid for/],
    ['more paid for than came out', [line('partial', 200)], order('COMPLETED', '500'), [hold(false, '500')], /200 came out .* 500 was/],
    ['paid for, and nothing came out', [line('tombstoned')], order('COMPLETED', '500'), [hold(false, '500')], /0 came out .* 500 was/],
    ['paid twice', [line('dispensed', 500), line('dispensed', 500)], order('COMPLETED', '500'), [hold(true)], /paid 2 times/],
    ['a review that nobody needs', [line('dispensed', 500)], order('MANUAL_REVIEW'), [hold(true)], /waits for people/],
    ['a dispense that we do not know', [line('tombstoned', 0, 'x')], order('REFUSED'), [], /knows x, and we do not/],
  ])('do not: %s', (_, lines, it, holds, accusation) => {
    const { wrong } = compareCash(lines, [it], holds);
    expect(wrong).toHaveLength(1);
    expect(wrong[0]).toMatch(accusation);
  });
});

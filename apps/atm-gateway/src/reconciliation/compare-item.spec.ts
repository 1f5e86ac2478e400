import { compareItem, type ItemClass, type OurItem } from './compare-item.js';
import { linesOf } from './record-line-for-specs.js';

const sent: OurItem = { id: 'wdr_1', amount: 4_000n, currency: 'USD', state: 'unpaid', paid: 0n, date: '2026-11-20' };
const paid = (amount: bigint): OurItem => ({ ...sent, state: 'paid', paid: amount });
const open: OurItem = { ...sent, state: 'open' };
const unpaid = sent;
const neverSent: OurItem = { ...sent, date: undefined };

type Example = readonly [string, OurItem | undefined, readonly string[], ItemClass];

describe('one order, in our books and in the partner’s record', () => {
  it.each<Example>([
    ['paid on both sides', paid(4_000n), ['out 4000'], 'MATCHED'],
    ['paid in part on both sides', paid(1_600n), ['out 1600'], 'MATCHED'],
    ['paid on neither', unpaid, ['nothing'], 'MATCHED'],
    ['paid on neither, and they never heard of it', unpaid, [], 'MATCHED'],
    ['never sent', neverSent, [], 'MATCHED'],
    ['presented, taken back and counted', unpaid, ['out 4000', 'back 4000'], 'MATCHED'],
    ['settled by people where they have not counted', paid(800n), ['out 4000', 'back-uncounted'], 'MATCHED'],
    ['settled by people where a part was taken', paid(800n), ['out 4000', 'back 3200'], 'MATCHED'],
    ['settled by people where they never knew', unpaid, ['unknown'], 'MATCHED'],
    ['tombstoned in no currency', unpaid, ['nothing 0 XXX'], 'MATCHED'],
    ['theirs alone', undefined, ['out 4000'], 'MISSING_INTERNAL'],
    ['theirs alone, and nothing moved', undefined, ['nothing'], 'MISSING_INTERNAL'],
    ['paid here for another amount', paid(1_600n), ['out 4000'], 'AMOUNT_MISMATCH'],
    ['open here, and more left than was asked for', open, ['out 5000'], 'AMOUNT_MISMATCH'],
    ['paid in another currency', paid(4_000n), ['out 4000 OMR'], 'CURRENCY_MISMATCH'],
    ['open here, and paid there in another currency', open, ['out 4000 OMR'], 'CURRENCY_MISMATCH'],
    ['out in one currency and back in another', unpaid, ['out 4000', 'back 4000 OMR'], 'CURRENCY_MISMATCH'],
    ['paid here, refused there', paid(4_000n), ['nothing'], 'STATUS_MISMATCH'],
    ['given back here, paid there', unpaid, ['out 4000'], 'STATUS_MISMATCH'],
    ['given back here, paid there after a tombstone', unpaid, ['nothing', 'out 4000'], 'STATUS_MISMATCH'],
    ['never sent, paid there', neverSent, ['out 4000'], 'STATUS_MISMATCH'],
    ['paid twice there', paid(4_000n), ['out 4000', 'out 4000'], 'DUPLICATE_EXTERNAL'],
    ['open here, paid twice there', open, ['out 4000', 'out 4000'], 'DUPLICATE_EXTERNAL'],
    ['nobody knows', open, ['unknown'], 'UNKNOWN_OUTCOME'],
    ['nobody knows, nobody says', open, [], 'UNKNOWN_OUTCOME'],
    ['nobody has counted', open, ['out 4000', 'back-uncounted'], 'UNKNOWN_OUTCOME'],
    ['open here, a part of it taken', open, ['out 4000', 'back 3200'], 'UNKNOWN_OUTCOME'],
  ])('%s', (_, ours, theirs, expected) => {
    expect(compareItem(ours, linesOf(...theirs), '2026-11-20').class).toBe(expected);
  });

  it('may be missing there until the record of the next day is in', () => {
    expect(compareItem(paid(4_000n), [], '2026-11-20').class).toBe('DATE_CUTOFF');
    expect(compareItem(paid(4_000n), [], '2026-11-21').class).toBe('MISSING_EXTERNAL');
    expect(compareItem(paid(4_000n), linesOf('out 4000'), '2026-11-21').class).toBe('MATCHED');
  });

  it('is two mistakes in one line, when a line comes twice', () => {
    const twice = linesOf('out 4000').map((line) => ({ ...line, isRepeated: true }));
    expect(compareItem(paid(4_000n), twice, '2026-11-20')).toEqual({
      class: 'DUPLICATE_EXTERNAL',
      detail: 'here 4000 USD paid for; there line 1 out 4000 USD twice',
    });
  });

  it.each([
    [['out 4000'], 4_000n, true],
    [['unknown', 'out 1600'], 1_600n, false],
    [['nothing'], 0n, false],
    [['out 4000', 'back 4000'], 0n, false],
  ])('that is open here is settled by a record that knows: %j', (words, amount, isWhole) => {
    const lines = linesOf(...words);
    expect(compareItem(open, lines, '2026-11-20')).toMatchObject({
      class: 'MATCHED',
      settles: { id: 'wdr_1', paid: amount, isWhole, lines },
    });
  });

  it('is told in a few words, however many lines there are', () => {
    const { detail } = compareItem(paid(4_000n), linesOf(...Array<string>(100).fill('out 1')), '2026-11-20');
    expect(detail).toMatch(/^here 4000 USD paid for; there line 1 out 1 USD, .*line 8 out 1 USD, 92 more$/);
  });
});

import fc from 'fast-check';
import type { OurItem } from './compare-item.js';
import { compareRecord, type Sides } from './compare-record.js';
import { linesOf } from './record-line-for-specs.js';

const date = '2026-11-20';
const ours = (id: string, paid: bigint, more: Partial<OurItem> = {}): OurItem => ({
  ...{ id, amount: 4_000n, currency: 'USD', state: paid > 0n ? 'paid' : 'unpaid', paid, date },
  ...more,
});
const theirs = (id: string, text: string, seq: number) => linesOf(text).map((line) => ({ ...line, id, seq }));

const sides: Sides = {
  record: { date, lines: [...theirs('a', 'out 4000', 1), ...theirs('x', 'out 100', 2)], unexplained: [] },
  ours: [ours('a', 4_000n), ours('b', 1_000n), ours('c', 0n, { state: 'open' })],
  ...{ otherDays: [], brokenBefore: [], comparedThrough: date },
};

describe('a day of both sides', () => {
  it('is told by its totals first, then by its breaks', () => {
    const { totals, totalsAgree, matched, breaks, untold } = compareRecord(sides);
    expect(totals).toEqual([
      { currency: 'USD', ours: { count: 2, sum: 5_000n }, out: { count: 2, sum: 4_100n }, back: { count: 0, sum: 0n } },
    ]);
    expect(totalsAgree).toBe(false);
    expect(matched).toBe(1);
    expect(breaks.map(({ item, class: found }) => [item, found])).toEqual([
      ['x', 'MISSING_INTERNAL'],
      ['b', 'DATE_CUTOFF'],
      ['c', 'UNKNOWN_OUTCOME'],
    ]);
    expect(untold).toEqual(['c']);
  });

  it('ends what was carried, when a line of another day says so', () => {
    const record = { date: '2026-11-21', lines: theirs('b', 'out 1000', 3), unexplained: [] };
    const next = compareRecord({
      ...sides,
      record,
      brokenBefore: ['b', 'x', 'gone'],
      otherDays: sides.record.lines,
      comparedThrough: '2026-11-21',
    });
    expect(next.breaks.map(({ item, class: found }) => [item, found])).toEqual([['x', 'MISSING_INTERNAL']]);
    expect(next.matched).toBe(1);
  });

  it('leaves alone what is not of this day', () => {
    const later = { ...sides, ours: [...sides.ours, ours('d', 4_000n, { date: '2026-11-21' })] };
    expect(compareRecord(later)).toEqual(compareRecord(sides));
  });

  it('has a break of its own when its cassettes have lost more than its lines say', () => {
    const { breaks } = compareRecord({ ...sides, record: { ...sides.record, unexplained: [{ currency: 'USD', amount: 4_000n }] } });
    expect(breaks.at(-1)).toEqual({
      item: 'day 2026-11-20',
      class: 'UNKNOWN_OUTCOME',
      detail: 'gone from the cassettes, and in no line: 4000 USD',
    });
  });

  it('decides nothing when its cassettes contradict its lines', () => {
    const open = [ours('a', 0n, { state: 'open' })];
    expect(compareRecord({ ...sides, ours: open }).settlements).toMatchObject([{ id: 'a', paid: 4_000n, isWhole: true }]);
    const contradicted = compareRecord({
      ...sides,
      ours: open,
      record: { ...sides.record, unexplained: [{ currency: 'USD', amount: 1n }] },
    });
    expect(contradicted).toMatchObject({ settlements: [], untold: ['a'] });
    expect(contradicted.breaks[0]).toMatchObject({ item: 'a', class: 'UNKNOWN_OUTCOME' });
  });

  it('is explained by its breaks: where no order differs, no total does', () => {
    const item = fc.record({ here: fc.integer({ min: 0, max: 3 }), there: fc.integer({ min: 0, max: 3 }) });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 8 }), (items) => {
        const each = items.map((amounts, index) => ({ ...amounts, id: `wdr_${index}`, seq: index + 1 }));
        const both: Sides = {
          ...sides,
          record: {
            date,
            lines: each.flatMap(({ there, id, seq }) => theirs(id, there > 0 ? `out ${there}` : 'nothing', seq)),
            unexplained: [],
          },
          ours: each.map(({ here, id }) => ours(id, BigInt(here))),
        };
        const { breaks, totalsAgree } = compareRecord(both);
        expect(breaks).toHaveLength(each.filter(({ here, there }) => here !== there).length);
        if (breaks.length === 0) expect(totalsAgree).toBe(true);
      }),
    );
  });
});

import { describeReconciliation, type Reconciliation } from './describe-reconciliation.js';

const side = (count: number, sum: number) => ({ count, sum });
const day: Reconciliation = {
  ...{ status: 'TAKEN', partner: 'lobby', date: '2026-11-20', matched: 3, broken: 1 },
  totals: [{ currency: 'USD', agrees: false, ours: side(3, 12_000), out: side(4, 16_000), back: side(0, 0) }],
  breaks: [{ item: 'wdr_1', class: 'STATUS_MISMATCH', evidence: 'here not paid; there line 4 dispensed 4000 USD' }],
};

describe('a reconciled day for a person', () => {
  it('has its totals first, and a line for each break', () => {
    expect(describeReconciliation(day).split('\n')).toEqual([
      'lobby, 2026-11-20: we paid for 3 of 120.00 USD; there left 4 of 160.00 USD: THEY DIFFER',
      'STATUS_MISMATCH    wdr_1: here not paid; there line 4 dispensed 4000 USD',
      '3 matched, 1 broken.',
    ]);
  });

  it('says so when nothing moved, and when cash came back', () => {
    expect(describeReconciliation({ ...day, totals: [], breaks: [], matched: 0, broken: 0 })).toBe(
      'lobby, 2026-11-20: no money moved.\n0 matched, 0 broken.',
    );
    const returned = [{ currency: 'OMR', agrees: true, ours: side(0, 0), out: side(1, 5_000), back: side(1, 5_000) }];
    expect(describeReconciliation({ ...day, totals: returned }).split('\n')[0]).toBe(
      'lobby, 2026-11-20: we paid for 0 of 0.000 OMR; there left 1 of 5.000 OMR, 1 of 5.000 OMR back: they agree',
    );
  });

  it.each([
    ['REFUSED', 'Refused: the journal of lobby of 2026-11-20: it has no closing line.'],
    ['UNREACHABLE', 'Could not be had: the journal of lobby of 2026-11-20: it has no closing line.'],
  ] as const)('that was %s says why', (status, expected) => {
    expect(describeReconciliation({ ...day, status, reason: 'it has no closing line' })).toBe(expected);
  });
});

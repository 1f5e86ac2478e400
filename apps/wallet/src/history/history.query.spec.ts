import fc from 'fast-check';
import { historyQuery, type HistoryFilter } from './history.query.js';

const filters = fc.record<HistoryFilter>(
  {
    type: fc.constantFrom('transfer', 'deposit'),
    reference: fc.string({ minLength: 1 }),
    from: fc.constant('2026-01-01T00:00:00Z'),
    to: fc.constant('2026-02-01T00:00:00Z'),
  },
  { requiredKeys: [] },
);
const below = fc.option(fc.tuple(fc.string(), fc.string()), { nil: undefined });

describe('the statement behind a history', () => {
  it('has every value as a parameter, each asked for, and none in its text', () => {
    fc.assert(
      fc.property(filters, below, (filter, position) => {
        const { statement, values } = historyQuery('acc_1', filter, position, 26);
        const asked = new Set([...statement.text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
        expect([...asked].sort()).toEqual(values.map((_, index) => index + 1).sort());
        const { type, reference, from, to } = filter;
        const given = [type, reference, from, to, ...(position ?? [])].filter((value) => value !== undefined);
        expect(values).toEqual(['acc_1', 26, ...given]);
      }),
    );
  });

  it('depends only on which filters there are: so does its name', () => {
    const texts = new Map<string, string>();
    fc.assert(
      fc.property(filters, below, (filter, position) => {
        const { name, text } = historyQuery('acc_1', filter, position, 26).statement;
        expect(texts.get(name) ?? text).toBe(text);
        texts.set(name, text);
        // A server forgets what goes beyond 63 characters of a name.
        expect(name.length).toBeLessThanOrEqual(63);
      }),
      { numRuns: 300 },
    );
    expect(new Set(texts.values()).size).toBe(texts.size);
  });

  it('goes along the primary key, whose columns it orders and continues by', () => {
    const { text } = historyQuery('acc_1', {}, ['2026-01-01 00:00:00.123456+00', '7'], 26).statement;
    expect(text).toMatch(/account_id = \$1 and \(created_at, id\) < \(\$3, \$4\) order by created_at desc, id desc limit \$2$/);
  });
});

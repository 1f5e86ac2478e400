import fc from 'fast-check';
import { transferQuery, type TransferFilter } from './list-transfers.js';

const states = ['PENDING', 'COMPLETED', 'FAILED'] as const;
const filters = fc.record<TransferFilter>(
  {
    account: fc.string({ minLength: 1 }),
    status: fc.constantFrom(...states),
    reference: fc.string({ minLength: 1 }),
    refund_of: fc.string({ minLength: 1 }),
  },
  { requiredKeys: [] },
);
const below = fc.option(fc.string({ minLength: 1 }), { nil: undefined });
const limits = fc.integer({ min: 1, max: 101 });

describe('the statement behind a list of transfers', () => {
  it('has every value as a parameter, each asked for, and none in its text', () => {
    fc.assert(
      fc.property(filters, below, limits, (filter, id, limit) => {
        const { statement, values } = transferQuery(filter, id, limit);
        const asked = new Set([...statement.text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
        expect([...asked].sort()).toEqual(values.map((_, index) => index + 1).sort());
        expect(values).toEqual([limit, ...[filter.reference, filter.refund_of, id, filter.account].filter((value) => value !== undefined)]);
      }),
    );
  });

  it('depends only on which filters there are, and on the state: so does its name', () => {
    const texts = new Map<string, string>();
    fc.assert(
      fc.property(filters, below, limits, (filter, id, limit) => {
        const { name, text } = transferQuery(filter, id, limit).statement;
        expect(texts.get(name) ?? text).toBe(text);
        texts.set(name, text);
        // A server forgets what goes beyond 63 characters of a name.
        expect(name.length).toBeLessThanOrEqual(63);
      }),
      { numRuns: 400 },
    );
    expect(texts.size).toBeLessThanOrEqual(2 * 2 * 4 * 2 * 2);
  });

  const asIndexed = { PENDING: 'from open_transfers join', COMPLETED: `status = 'COMPLETED'`, FAILED: 'failure_code is not null' };
  it.each(states)('asks for the state %s as the indexes know it', (status) => {
    expect(transferQuery({ status }, undefined, 25).statement.text).toContain(asIndexed[status]);
  });

  it('asks for a page of each side when there is an account, and keeps the order and the limit', () => {
    const { statement, values } = transferQuery({ account: '1001', reference: 'rent' }, 'pay_x', 26);
    expect(values).toEqual([26, 'rent', 'pay_x', '1001']);
    expect(statement.text).toMatch(
      /\(select \* from transfers where reference = \$2 and id < \$3 and from_account = \$4 order by id desc limit \$1\) union all/,
    );
    expect(statement.text).toMatch(
      /union all \(select \* from transfers where reference = \$2 and id < \$3 and to_account = \$4 order by id desc limit \$1\)/,
    );
    expect(statement.text).toMatch(/order by id desc limit \$1\) as found .* order by found.id desc$/);
  });
});

import fc from 'fast-check';
import { Cursors } from './cursor.js';
import { Problem } from './problem.js';
import { waitSecondsOf } from './prefer-wait.js';
import { isResourceId } from './resource-id.js';

const cursors = new Cursors('a secret of this test');
const scope = { list: '/v1/transfers', client: 'till-1', filters: { account: '1001', status: undefined } };
const position = fc.array(fc.oneof(fc.string(), fc.maxSafeInteger()), { minLength: 1, maxLength: 3 });

describe('cursors', () => {
  test('give back the position, for the same list, filters and client', () => {
    fc.assert(
      fc.property(position, (at) =>
        expect(cursors.decode(cursors.encode(at, scope), { ...scope, filters: { account: '1001' } })).toEqual(at),
      ),
    );
  });

  test('changed anywhere, they are refused', () => {
    fc.assert(
      fc.property(position, fc.nat(), fc.constantFrom(...'ABCabc012-_'), (at, where, character) => {
        const cursor = cursors.encode(at, scope);
        const index = where % cursor.length;
        const changed = cursor.slice(0, index) + character + cursor.slice(index + 1);
        fc.pre(changed !== cursor);
        expect(() => cursors.decode(changed, scope)).toThrow(Problem);
      }),
    );
  });

  test.each([
    ['another filter', { ...scope, filters: { account: '1002' } }],
    ['one filter less', { ...scope, filters: {} }],
    ['another client', { ...scope, client: 'till-2' }],
    ['another list', { ...scope, list: '/v1/refunds' }],
  ])('for %s, they are refused', (_what, other) => {
    expect(() => cursors.decode(cursors.encode(['2026', 'pay_1'], scope), other)).toThrow(Problem);
  });

  test.each(['', 'x', 'null', '../../etc', `${'A'.repeat(600)}`, '====', 'é'])('%p is refused', (cursor) => {
    expect(() => cursors.decode(cursor, scope)).toThrow(Problem);
  });

  test('of another secret, they are refused', () => {
    expect(() => cursors.decode(new Cursors('another').encode(['x'], scope), scope)).toThrow(Problem);
  });

  test('walk a list once, from its start to its end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 20 }), (count, limit) => {
        const rows = [...Array(count).keys()];
        const seen: number[] = [];
        let after = -1;
        for (;;) {
          const page = cursors.page(rows.filter((row) => row > after).slice(0, limit + 1), limit, scope, (row) => [row]);
          seen.push(...page.data);
          expect(page.has_more).toBe(page.next_cursor !== null);
          if (page.next_cursor === null) break;
          after = cursors.decode(page.next_cursor, scope)[0] as number;
        }
        expect(seen).toEqual(rows);
      }),
    );
  });
});

describe('Prefer: wait', () => {
  test.each([
    [undefined, undefined],
    ['respond-async', undefined],
    ['wait=0', 0],
    ['wait=10', 10],
    ['respond-async, wait=5', 5],
    ['WAIT = "7"', 7],
    ['waiting=99', undefined],
  ])('%p means %p', (header, seconds) => {
    expect(waitSecondsOf(header)).toBe(seconds);
  });

  test.each(['wait=11', 'wait=-1', 'wait=1.5', 'wait=', 'wait', 'wait=ten', 'wait=5, wait=6', 'wait=5;x', 'wait=100'])(
    '%p is refused',
    (header) => {
      expect(() => waitSecondsOf(header)).toThrow(Problem);
    },
  );
});

describe('ids in paths', () => {
  test.each([
    ['pay_01j9zq3v8k4m5n6p7q8r9s0t1v', true],
    ['pay_01J9ZQ3V8K4M5N6P7Q8R9S0T1V', true],
    ['pay_01j9zq3v8k4m5n6p7q8r9s0t1u', false],
    ['acc_01j9zq3v8k4m5n6p7q8r9s0t1v', false],
    ['pay_01j9zq3v8k4m5n6p7q8r9s0t1', false],
    ["pay_1' or 1=1", false],
  ])('%s: %p', (id, isOne) => {
    expect(isResourceId('pay', id)).toBe(isOne);
  });
});

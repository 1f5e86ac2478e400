import { isEndOf } from './in-order.js';

describe('what is left of a list', () => {
  it.each([
    ['all of it', ['a', 'b', 'c'], true],
    ['its last ones', ['b', 'c'], true],
    ['nothing', [], true],
    ['not its last ones', ['a', 'b'], false],
    ['with a gap', ['a', 'c'], false],
    ['in another order', ['c', 'b'], false],
    ['more than there were', ['z', 'a', 'b', 'c'], false],
  ])('may be %s', (_, left, expected) => expect(isEndOf(left, ['a', 'b', 'c'])).toBe(expected));
});

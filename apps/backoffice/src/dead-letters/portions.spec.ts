import { portionBytesMax, portionsOf } from './portions.js';

const letters = (...bytes: readonly number[]) => bytes.map((size, index) => ({ id: String(index), bytes: size }));

describe('letters that are read whole', () => {
  it('are read together as far as there is room, in their order', () => {
    const half = portionBytesMax / 2;
    expect(portionsOf(letters(half, half, 1, half))).toEqual([
      ['0', '1'],
      ['2', '3'],
    ]);
  });

  it('are read one by one when one is more than there is room for', () => {
    expect(portionsOf(letters(1, 2 * portionBytesMax, 2 * portionBytesMax, 1))).toEqual([['0'], ['1'], ['2'], ['3']]);
  });

  it('are some hundreds at most, however small', () => {
    expect(portionsOf(letters(...Array.from({ length: 1_001 }, () => 0))).map(({ length }) => length)).toEqual([500, 500, 1]);
    expect(portionsOf([])).toEqual([]);
  });
});

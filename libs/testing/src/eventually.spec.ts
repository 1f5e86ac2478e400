import { eventually } from './eventually.js';

describe('eventually', () => {
  it('returns what was seen, as soon as it is there', async () => {
    let looks = 0;
    expect(await eventually('the third look', () => (looks++ < 2 ? undefined : looks), { everyMs: 1 })).toBe(3);
  });

  it('takes zero and the empty text for something seen, and false and null for nothing', async () => {
    expect(await eventually('zero', () => 0)).toBe(0);
    expect(await eventually('the empty text', () => '')).toBe('');
    await expect(eventually('a yes', () => false, { withinMs: 5, everyMs: 1 })).rejects.toThrow(
      'not within 5 ms: a yes. The last look: false',
    );
    await expect(eventually('a row', () => null, { withinMs: 5, everyMs: 1 })).rejects.toThrow('The last look: null');
  });

  it('goes on when a look throws, and tells what the last one threw', async () => {
    let looks = 0;
    const look = () => {
      if (looks++ < 2) throw new Error('connection refused');
      return true;
    };
    expect(await eventually('an answer', look, { everyMs: 1 })).toBe(true);
    const never = eventually('an answer', () => Promise.reject(new Error('connection refused')), { withinMs: 5, everyMs: 1 });
    await expect(never).rejects.toThrow('not within 5 ms: an answer. The last look: connection refused');
  });
});

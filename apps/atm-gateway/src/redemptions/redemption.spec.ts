import { reversalWaitMs } from './redemption.js';

describe('a reversal', () => {
  it('is repeated after 1, 2, 4 … 60 seconds, and every five minutes for ever after', () => {
    const waits = Array.from({ length: 10 }, (_, tries) => reversalWaitMs({ tries }, 1_000) / 1_000);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 300, 300, 300]);
  });
});

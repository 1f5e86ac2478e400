import { refilled } from './token-bucket.js';

describe('how fast a replay goes', () => {
  it('begins with one, gains with time, and never saves more than a second', () => {
    const first = refilled(undefined, 50, 1_000);
    expect(first.tokens).toBe(1);
    expect(refilled(first, 50, 1_100).tokens).toBe(6);
    expect(refilled(first, 50, 99_000).tokens).toBe(50);
    expect(refilled(first, 50, 500).tokens).toBe(1);
  });
});

import { progressBar } from './progress-bar.js';

describe('a progress bar', () => {
  it.each([
    [0, 4, '[....] 0/4'],
    [1, 3, '[#...] 1/3'],
    [3, 4, '[###.] 3/4'],
    [199, 200, '[###.] 199/200'],
    [4, 4, '[####] 4/4'],
    [0, 0, '[####] 0/0'],
  ])('at %d of %d', (done, total, bar) => {
    expect(progressBar(done, total, 4)).toBe(bar);
  });
});

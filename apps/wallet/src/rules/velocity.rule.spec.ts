import { longSince, now, secondsAgo, usageWith, usd } from './limits-for-specs.js';
import { velocity } from './velocity.rule.js';

const setting = { count: 2, window_seconds: 60 };

describe('a velocity of 2 in 60 seconds', () => {
  it.each([
    ['lets the first pass', [], true],
    ['lets the second pass', [0], true],
    ['refuses the third', [59, 0], false],
    ['refuses it to the end of the window', [59.999, 30], false],
    ['lets it pass when the first is 60 seconds old', [60, 30], true],
    ['slides: what is older does not count', [300, 200, 100, 61, 10], true],
    ['does not mind the order in which clocks have told it', [10, 61, 20], false],
  ])('%s', (_, ages, passes) => {
    const refusal = velocity.refusal(longSince(usd(1)), setting, usageWith({ recent: ages.map(secondsAgo) }), now);
    expect(refusal).toEqual(passes ? undefined : { code: 'limit-exceeded', detail: 'may spend at most 2 times in 60 seconds' });
  });
});

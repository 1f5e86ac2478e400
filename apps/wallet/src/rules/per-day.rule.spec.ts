import { amountsOf, longSince, now, omr, usageWith, usd } from './limits-for-specs.js';
import { perDay } from './per-day.rule.js';

const setting = amountsOf(usd(500), omr(3_000));

describe('a limit per day of 5.00 USD and 3.000 OMR', () => {
  it.each([
    ['lets 5.00 pass when nothing was spent', usd(500), [], undefined],
    ['refuses 5.01 at once', usd(501), [], 'may spend at most 5.00 USD a day, and has spent 0.00 on 2026-01-31'],
    ['lets the last cent pass', usd(1), [usd(499)], undefined],
    ['refuses one cent more', usd(2), [usd(499)], 'may spend at most 5.00 USD a day, and has spent 4.99 on 2026-01-31'],
    ['counts each currency by itself', usd(500), [omr(3_000)], undefined],
    ['has its own limit for each', omr(1), [omr(3_000), usd(1)], 'may spend at most 3.000 OMR a day, and has spent 3.000 on 2026-01-31'],
    [
      'refuses all when a lower limit was set after more was spent',
      usd(1),
      [usd(700)],
      'may spend at most 5.00 USD a day, and has spent 7.00 on 2026-01-31',
    ],
  ])('%s', (_, spending, spentThatDay, detail) => {
    const refusal = perDay.refusal(longSince(spending), setting, usageWith({ spentThatDay }), now);
    expect(refusal).toEqual(detail === undefined ? undefined : { code: 'limit-exceeded', detail });
  });

  it('says nothing about a currency that has none', () => {
    expect(perDay.refusal(longSince(omr(9_000)), amountsOf(usd(1)), usageWith({ spentThatDay: [omr(9_000)] }), now)).toBeUndefined();
  });
});

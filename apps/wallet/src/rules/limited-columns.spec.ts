import { amountsOf, limitsWith, now, usageWith, usd } from './limits-for-specs.js';
import { limitedColumns, limitedOf } from './limited-columns.js';
import type { Limited } from './limited.js';

describe('limits in a row', () => {
  const full: Limited = {
    limits: limitsWith({ per_day: amountsOf(usd(3)), velocity: { count: 4, window_seconds: 5 } }, 'Asia/Muscat'),
    usage: usageWith({ spentThatDay: [{ ...usd(1), amount: 2n ** 60n }], recent: [now] }),
  };
  it.each([
    ['some', full],
    ['none of them', { limits: limitsWith({}), usage: usageWith({}) }],
  ])('come back as they were stored: %s', (_, limited) => {
    const stored = Object.values(limitedColumns).map(({ of }) => JSON.parse(String(of({ limited }))) as never);
    expect(limitedOf({ limits: stored[0] ?? null, usage: stored[1] ?? null })).toEqual(limited);
  });

  it('are nothing where there are none', () => {
    expect(Object.values(limitedColumns).map(({ of }) => of({ limited: undefined }))).toEqual([null, null]);
    expect(limitedOf({ limits: null, usage: null })).toBeUndefined();
  });
});

import { limitsWith, now, omr, usageWith, usd } from './limits-for-specs.js';
import { limitedColumns, limitedOf } from './limited-columns.js';
import type { Limited } from './limited.js';

describe('limits in a row', () => {
  const full: Limited = {
    limits: limitsWith({
      ...{ perTransaction: [usd(1)], perDay: [omr(2), usd(3)], velocity: { count: 4, windowSeconds: 5 }, currencies: [usd(1).currency] },
      newAccount: { youngerThanSeconds: 6, perTransaction: [usd(7), omr(8)] },
      zone: 'Asia/Muscat',
    }),
    usage: usageWith({ spentThatDay: [{ ...usd(1), amount: 2n ** 60n }], recent: [now] }),
  };
  it.each([
    ['all of them', full],
    ['none of them', { limits: limitsWith({}), usage: usageWith({}) }],
  ])('come back as they were stored: %s', (_, limited) => {
    const stored = Object.values(limitedColumns).map(({ of }) => JSON.parse(String(of({ limited }))) as never);
    expect(limitedOf({ limits: stored[0] ?? null, usage: stored[1] ?? null })).toEqual(limited);
  });

  it('are read as they were written before there was a limit on new accounts', () => {
    const { new_account: _, ...limits } = JSON.parse(String(limitedColumns['limits']?.of({ limited: full }))) as never as {
      new_account: unknown;
    };
    const usage = JSON.parse(String(limitedColumns['usage']?.of({ limited: full }))) as never;
    expect(limitedOf({ limits: limits as never, usage })).toEqual({ ...full, limits: { ...full.limits, newAccount: undefined } });
  });

  it('are nothing where there are none', () => {
    expect(Object.values(limitedColumns).map(({ of }) => of({ limited: undefined }))).toEqual([null, null]);
    expect(limitedOf({ limits: null, usage: null })).toBeUndefined();
  });
});

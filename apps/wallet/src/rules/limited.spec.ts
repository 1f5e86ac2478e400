import fc from 'fast-check';
import { amountsOf, limitsWith, longSince, now, omr, secondsAgo, usageWith, usd } from './limits-for-specs.js';
import { refusalByRules, usageOn, withGivenBack, withLimits, withSpent, type Limited } from './limited.js';
import type { Limits, Usage } from './limits.js';

const limited = (rules: Limits['rules'], usage: Partial<Usage> = {}): Limited => ({ limits: limitsWith(rules), usage: usageWith(usage) });
const tomorrow = new Date('2026-02-01T00:00:00.000Z');

describe('whoever is limited', () => {
  it('is asked nothing, and counted nothing, without limits', () => {
    expect(refusalByRules(undefined, 'account a', longSince(usd(1)), now)).toBeUndefined();
    expect(withSpent(undefined, usd(1), now)).toBeUndefined();
    expect(withGivenBack(undefined, usd(1), now, now)).toBeUndefined();
  });

  it('is named in the refusal', () => {
    expect(refusalByRules(limited({ per_transaction: amountsOf(usd(1)) }), 'account a', longSince(usd(2)), now)).toEqual({
      code: 'limit-exceeded',
      detail: 'account a may spend at most 0.01 USD at once',
    });
  });

  it('begins each day of its zone with nothing spent', () => {
    const spent = limited({ per_day: amountsOf(usd(5)) }, { spentThatDay: [usd(5)] });
    expect(refusalByRules(spent, 'a', longSince(usd(1)), new Date(tomorrow.getTime() - 1))).toBeDefined();
    expect(refusalByRules(spent, 'a', longSince(usd(5)), tomorrow)).toBeUndefined();
    const inMuscat = { ...spent, limits: { ...spent.limits, zone: 'Asia/Muscat' } };
    expect(refusalByRules(inMuscat, 'a', longSince(usd(5)), new Date('2026-01-31T20:00:00.000Z'))).toBeUndefined();
    expect(withSpent(spent, usd(2), tomorrow).usage).toMatchObject({ day: '2026-02-01', spentThatDay: [usd(2)] });
  });

  it('does not get yesterday back from a clock that is behind', () => {
    const spent = withSpent(limited({ per_day: amountsOf(usd(5)) }), usd(5), tomorrow);
    expect(usageOn(spent, now)).toBe(spent.usage);
    expect(refusalByRules(spent, 'a', longSince(usd(1)), now)).toBeDefined();
  });

  it('keeps no more instants than its velocity needs, and none without', () => {
    let spender = limited({ velocity: { count: 3, window_seconds: 60 } });
    for (let second = 9; second >= 0; second -= 1) spender = withSpent(spender, usd(1), secondsAgo(second));
    expect(spender.usage.recent).toEqual([2, 1, 0].map(secondsAgo));
    expect(withSpent(limited({ per_day: amountsOf(usd(9)) }, { recent: [now] }), usd(1), now).usage.recent).toEqual([]);
  });

  it('may spend what a hold of the same day gives back, and no more', () => {
    const spent = limited(
      { per_day: amountsOf(usd(100)), velocity: { count: 1, window_seconds: 60 } },
      { spentThatDay: [omr(7), usd(80)], recent: [now] },
    );
    const { usage } = withGivenBack(spent, usd(30), secondsAgo(3_600), now);
    expect(usage.spentThatDay).toEqual([omr(7), usd(50)]);
    expect(usage.recent).toEqual([now]);
  });

  it.each([
    ['was set apart yesterday', secondsAgo(13 * 3_600)],
    ['was set apart before there were limits', secondsAgo(61)],
    ['was set apart when the limits were set', secondsAgo(60)],
  ])('gets nothing back for what %s', (_, setApartAt) => {
    const spent = limited({ per_day: amountsOf(usd(100)) }, { since: secondsAgo(60), spentThatDay: [usd(80)] });
    expect(withGivenBack(spent, usd(30), setApartAt, now)).toBe(spent);
  });

  it('keeps what was counted when the limits change, and forgets it when they go', () => {
    const spent = limited({ per_day: amountsOf(usd(100)) }, { spentThatDay: [usd(80)] });
    expect(withLimits(spent, limitsWith({ per_day: amountsOf(usd(50)) }), now)?.usage).toBe(spent.usage);
    expect(withLimits(spent, undefined, now)).toBeUndefined();
    expect(withLimits(undefined, limitsWith({}), now)?.usage).toEqual({ since: now, day: '2026-01-31', spentThatDay: [], recent: [] });
  });

  it('never spends more than its limits, whatever is asked and given back, and is refused nothing that fits', () => {
    const events = fc.array(
      fc.record({
        gap: fc.integer({ min: 0, max: 40_000 }),
        amount: fc.integer({ min: 1, max: 60 }),
        back: fc.boolean(),
        age: fc.integer({ min: 0, max: 90_000 }),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(events, (list) => {
        let spender = limited({
          ...{ per_transaction: amountsOf(usd(50)), per_day: amountsOf(usd(100)), velocity: { count: 3, window_seconds: 60_000 } },
          new_account: { younger_than_seconds: 45_000, per_transaction: amountsOf(usd(30)) },
        });
        const done: { at: Date; left: bigint }[] = [];
        let at = now;
        for (const { gap, amount, back, age } of list) {
          at = new Date(at.getTime() + gap * 1_000);
          const day = at.toISOString().slice(0, 10);
          const last = done.at(-1);
          if (back && last) {
            spender = withGivenBack(spender, { ...usd(1), amount: last.left }, last.at, at);
            last.left = 0n;
            continue;
          }
          const spentToday = done.filter((each) => each.at.toISOString().startsWith(day)).reduce((sum, { left }) => sum + left, 0n);
          const inWindow = done.filter((each) => each.at.getTime() > at.getTime() - 60_000_000).length;
          const fits = amount <= (age < 45_000 ? 30 : 50) && spentToday + BigInt(amount) <= 100n && inWindow < 3;
          expect(
            refusalByRules(spender, 'a', { ...usd(amount), accountSince: new Date(at.getTime() - age * 1_000) }, at) === undefined,
          ).toBe(fits);
          if (!fits) continue;
          spender = withSpent(spender, usd(amount), at);
          done.push({ at, left: BigInt(amount) });
        }
      }),
    );
  });
});

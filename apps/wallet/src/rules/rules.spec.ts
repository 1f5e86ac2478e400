import { readdirSync } from 'node:fs';
import { amountsOf, limitsWith, longSince, now, omr, usageWith, usd } from './limits-for-specs.js';
import { refusalByRules } from './limited.js';
import { rules } from './rules.js';

const files = readdirSync(import.meta.dirname);
const namesOf = (ending: string) => files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length));

const settings: Readonly<Record<string, unknown>> = {
  currencies: [omr(1).currency],
  per_transaction: amountsOf(usd(1))[0],
  new_account: { younger_than_seconds: 60, per_transaction: amountsOf(usd(1)) },
  per_day: amountsOf(usd(1))[0],
  velocity: { count: 1, window_seconds: 60 },
};

describe('the rules', () => {
  it('are all asked, and have examples beside them', () => {
    expect(rules).toHaveLength(namesOf('.rule.ts').length);
    expect(namesOf('.rule.spec.ts')).toEqual(namesOf('.rule.ts'));
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  });

  it.each(rules.map(({ name }) => name))('refuse nothing by %s where it is not set', (name) => {
    const spending = { ...usd(2), accountSince: now };
    const usage = usageWith({ spentThatDay: [usd(9)], recent: [now] });
    expect(refusalByRules({ limits: limitsWith({ [name]: settings[name] }), usage }, 'a', spending, now)).toBeDefined();
    expect(refusalByRules({ limits: limitsWith({}), usage }, 'a', spending, now)).toBeUndefined();
  });

  it('are asked in their order', () => {
    const limited = { limits: limitsWith(settings), usage: usageWith({}) };
    expect(refusalByRules(limited, 'a', longSince(usd(2)), now)).toMatchObject({ code: 'rule-refused' });
  });
});

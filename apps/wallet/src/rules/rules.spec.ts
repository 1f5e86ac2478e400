import { readdirSync } from 'node:fs';
import { amountsOf, limitsWith, longSince, now, omr, usageWith, usd } from './limits-for-specs.js';
import { refusalByRules } from './limited.js';
import { rules } from './rules.js';

const files = readdirSync(import.meta.dirname);
const namesOf = (ending: string) => files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length));

describe('the rules', () => {
  it('are all asked, and have examples beside them', () => {
    expect(rules).toHaveLength(namesOf('.rule.ts').length);
    expect(namesOf('.rule.spec.ts')).toEqual(namesOf('.rule.ts'));
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  });

  it('refuse nothing where none of them is set', () => {
    const usage = usageWith({ spentThatDay: [usd(9)], recent: [now] });
    expect(refusalByRules({ limits: limitsWith({}), usage }, 'a', { ...usd(2), accountSince: now }, now)).toBeUndefined();
  });

  it('are asked in their order', () => {
    const limits = limitsWith({ per_transaction: amountsOf(usd(1))[0], currencies: [omr(1).currency] });
    expect(refusalByRules({ limits, usage: usageWith({}) }, 'a', longSince(usd(2)), now)).toMatchObject({ code: 'rule-refused' });
  });
});

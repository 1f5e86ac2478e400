import { allowedCurrencies } from './allowed-currencies.rule.js';
import { longSince, now, omr, usageWith, usd } from './limits-for-specs.js';

describe('a list of currencies', () => {
  it.each([
    ['lets those on it pass', omr(1), [omr(1).currency], undefined],
    ['refuses the others', usd(1), [omr(1).currency], 'may spend in OMR only'],
    ['may have several', usd(1), [omr(1).currency, usd(1).currency], undefined],
  ])('%s', (_, spending, currencies, detail) => {
    const refusal = allowedCurrencies.refusal(longSince(spending), currencies, usageWith({}), now);
    expect(refusal).toEqual(detail === undefined ? undefined : { code: 'rule-refused', detail });
  });
});

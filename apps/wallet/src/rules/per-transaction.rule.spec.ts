import { amountsOf, longSince, now, omr, usageWith, usd } from './limits-for-specs.js';
import type { WireMoney } from '@falconpay/money/money';
import { perTransaction } from './per-transaction.rule.js';

const [setting] = amountsOf(usd(500)) as [WireMoney];

describe('a limit per transaction of 5.00 USD', () => {
  it.each([
    ['lets 4.99 pass', usd(499), undefined],
    ['lets 5.00 pass', usd(500), undefined],
    ['refuses 5.01', usd(501), 'may spend at most 5.00 USD at once'],
    ['says nothing about OMR', omr(501), undefined],
  ])('%s', (_, spending, detail) => {
    const refusal = perTransaction.refusal(longSince(spending), setting, usageWith({ spentThatDay: [usd(10_000)] }), now);
    expect(refusal).toEqual(detail === undefined ? undefined : { code: 'limit-exceeded', detail });
  });
});

import { amountsOf, now, omr, secondsAgo, usageWith, usd } from './limits-for-specs.js';
import { newAccount } from './new-account.rule.js';

const setting = { younger_than_seconds: 60, per_transaction: amountsOf(usd(500)) };
const detail = 'may spend at most 5.00 USD at once while the account is younger than 60 seconds';

describe('a limit of 5.00 USD on accounts younger than 60 seconds', () => {
  it.each([
    ['lets 5.00 pass on an account that was just opened', usd(500), 0, true],
    ['refuses 5.01 there', usd(501), 0, false],
    ['refuses it to the end of the time', usd(501), 59.999, false],
    ['lets it pass when the account is 60 seconds old', usd(501), 60, true],
    ['refuses it on an account that is younger than the clock has it', usd(501), -1, false],
    ['says nothing about OMR', omr(501), 0, true],
  ])('%s', (_, money, age, passes) => {
    const refusal = newAccount.refusal({ ...money, accountSince: secondsAgo(age) }, setting, usageWith({}), now);
    expect(refusal).toEqual(passes ? undefined : { code: 'limit-exceeded', detail });
  });
});

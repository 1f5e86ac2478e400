import 'reflect-metadata';
import { validateBody } from '@falconpay/http/validate-body';
import { rulesOf, type DtoClass } from '@falconpay/http/validation-rules';
import { AccountLimitsBody, ClientLimitsBody, limitsOf } from './limits-body.js';
import { amountsOf, omr, usd } from './limits-for-specs.js';

const ofBoth = { currencies: ['OMR'], velocity: { count: 1_000, window_seconds: 60 } };
const [one] = amountsOf(usd(1));
const some = amountsOf(usd(1), omr(2));
const newAccount = { younger_than_seconds: 60, per_transaction: some };

describe('limits as they are sent', () => {
  it.each([
    ['of an account', AccountLimitsBody, { ...ofBoth, per_transaction: one, per_day: one }],
    ['of a client', ClientLimitsBody, { ...ofBoth, per_transaction: some, per_day: some, new_account: newAccount }],
  ])('are kept as they are: %s', (_, body, sent) => {
    const result = validateBody(body, { ...sent, per_day: null });
    if ('errors' in result) throw new Error(JSON.stringify(result.errors));
    const { per_day: _left, ...kept } = sent;
    expect(limitsOf(result.dto, 'UTC')).toEqual({ rules: kept, zone: 'UTC' });
  });

  it('have a form of its own for each member that is an object, by a name of its own', () => {
    const nestedIn = (body: DtoClass): DtoClass[] =>
      rulesOf(body).properties.flatMap(({ nested }) => (nested ? [nested.rules().dtoClass, ...nestedIn(nested.rules().dtoClass)] : []));
    const forms = new Set([AccountLimitsBody, ClientLimitsBody].flatMap(nestedIn));
    expect([...forms].map(({ name }) => name).sort()).toEqual([
      'AccountVelocityBody',
      'ClientNewAccountBody',
      'ClientVelocityBody',
      'MoneyDto',
    ]);
  });

  it('are none when they limit nothing', () => {
    expect(limitsOf({ velocity: undefined, per_day: null }, 'UTC')).toBeUndefined();
  });

  it.each([
    [AccountLimitsBody, { new_account: newAccount }, '/new_account', 'is not a known member'],
    [AccountLimitsBody, { per_day: some }, '/per_day', 'must be a JSON object'],
    [AccountLimitsBody, { per_day: { ...one, amount: 0 } }, '/per_day/amount', expect.stringMatching(/integer from 1 to/)],
    [AccountLimitsBody, { velocity: { count: 1_001, window_seconds: 1 } }, '/velocity/count', 'must be an integer from 1 to 1000'],
    [AccountLimitsBody, { velocity: { count: 1 } }, '/velocity/window_seconds', 'must be an integer from 1 to 2678400, in seconds'],
    [ClientLimitsBody, { currencies: ['USD', 'USD'] }, '/currencies', expect.stringMatching(/different ISO 4217/)],
    [ClientLimitsBody, { per_day: one }, '/per_day', expect.stringMatching(/list of 1 to 50 amounts/)],
    [ClientLimitsBody, { per_day: amountsOf(usd(1), usd(2)) }, '/per_day', expect.stringMatching(/in different currencies/)],
    [ClientLimitsBody, { new_account: { ...newAccount, per_transaction: [] } }, '/new_account/per_transaction', expect.any(String)],
    [ClientLimitsBody, { new_account: 5 }, '/new_account', 'must be a JSON object'],
    [ClientLimitsBody, { zone: 'UTC' }, '/zone', 'is not a known member'],
  ])('are refused at the place that is wrong: %p %j', (body, sent, pointer, detail) => {
    expect(validateBody(body, sent)).toEqual({ errors: [{ pointer, detail }] });
  });
});

import { currency } from '@falconpay/money/currency';
import { currencyOfSystemAccount, systemAccount } from './system-accounts.js';

describe('the name of a system account', () => {
  it.each(['cash', 'clearing', 'fees', 'suspense', 'equity'] as const)('%s tells its currency', (kind) => {
    expect(currencyOfSystemAccount(systemAccount(kind, currency('OMR')))).toBe('OMR');
  });

  it.each(['1001', 'sys_cash', 'sys_cash_XXX', 'sys_cash_usd', 'sys_pocket_USD', 'sys_cash_USD_', 'acc_sys_cash_USD', ''])(
    'is not %p',
    (key) => {
      expect(currencyOfSystemAccount(key)).toBeUndefined();
    },
  );
});

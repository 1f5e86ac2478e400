import type { Currency } from '@falconpay/money/currency';
import { fromWire, type Money, type WireMoney } from '@falconpay/money/money';
import { ofCurrency } from './limits.js';

/** What a rule's setting looks like, where it is sent and where it is told. */
export type Form =
  | { readonly is: 'integer'; readonly most: number; readonly unit?: string }
  | { readonly is: 'amount' | 'amount-per-currency' | 'currencies' }
  | { readonly is: 'object'; readonly members: Readonly<Record<string, Form>>; readonly description?: string };

export const daySeconds = 86_400;

export const secondsUpTo = (most: number): Form => ({ is: 'integer', most, unit: 'seconds' });
export const amountPerCurrency: Form = { is: 'amount-per-currency' };

/** What a rule is set to that knows an amount for each currency. */
export type Amounts = WireMoney | readonly WireMoney[];

/** An account has one currency; a client moves money in any. */
export const amounts = {
  ofAccounts: { is: 'amount' },
  ofClients: amountPerCurrency,
  currencies: (setting: Amounts) => [setting].flat().map(({ currency }) => currency),
} as const;

export function mostIn(setting: Amounts, currency: Currency): Money | undefined {
  const most = ofCurrency([setting].flat(), currency);
  return most && fromWire(most);
}

/**
 * ISO 4217 "list one": the currencies in use, with how many digits their minor unit has. Codes without a minor unit (metals, test codes,
 * the SDR) are left out on purpose: nobody can hold an integer amount of them.
 */
const CODES_BY_EXPONENT = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK ' +
    'DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR ' +
    'LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR ' +
    'SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ' +
    'ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
} as const;

/** An ISO 4217 code that is in the table. Branded: the only ways to one are `currency()`, `isCurrency()` and the wire. */
export type Currency = string & { readonly __brand: 'Currency' };

const EXPONENTS: ReadonlyMap<string, number> = new Map(
  Object.entries(CODES_BY_EXPONENT).flatMap(([exponent, codes]) =>
    codes.split(' ').map((code): [string, number] => [code, Number.parseInt(exponent, 10)]),
  ),
);

export const CURRENCIES: readonly Currency[] = [...EXPONENTS.keys()].sort() as Currency[];

export class UnknownCurrency extends Error {
  override readonly name = 'UnknownCurrency';
  constructor(readonly code: string) {
    super(`${JSON.stringify(code)} is not an ISO 4217 currency code in use`);
  }
}

export function isCurrency(code: unknown): code is Currency {
  return typeof code === 'string' && EXPONENTS.has(code);
}

/** The currency of this code; throws `UnknownCurrency`. */
export function currency(code: string): Currency {
  if (!isCurrency(code)) throw new UnknownCurrency(code);
  return code;
}

/** How many digits follow the decimal point: OMR 3, USD 2, JPY 0. */
export function exponentOf(code: Currency): number {
  const exponent = EXPONENTS.get(code);
  if (exponent === undefined) throw new UnknownCurrency(code);
  return exponent;
}

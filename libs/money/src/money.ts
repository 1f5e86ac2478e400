import { exponentOf, currency as currencyOf, type Currency } from './currency.js';

/** An amount in minor units: `{amount: 12345n, currency: 'OMR'}` is 12.345 OMR. Signed in code; on the wire 1 … 2^53−1. */
export interface Money {
  readonly amount: bigint;
  readonly currency: Currency;
}

/** Money as JSON carries it. */
export interface WireMoney {
  readonly amount: number;
  readonly currency: string;
}

export const SMALLEST_WIRE_AMOUNT = 1n;
export const LARGEST_WIRE_AMOUNT = BigInt(Number.MAX_SAFE_INTEGER);

/** A bug in the caller: whoever adds two currencies has forgotten a check. */
export class CurrencyMismatch extends Error {
  override readonly name = 'CurrencyMismatch';
  constructor(left: string, right: string) {
    super(`${left} and ${right} cannot be calculated with each other`);
  }
}

export class InvalidMoney extends Error {
  override readonly name = 'InvalidMoney';
}

export function money(amount: bigint, code: Currency): Money {
  return { amount, currency: code };
}

export function add(left: Money, right: Money): Money {
  refuseMixedCurrencies(left, right);
  return { amount: left.amount + right.amount, currency: left.currency };
}

export function subtract(left: Money, right: Money): Money {
  refuseMixedCurrencies(left, right);
  return { amount: left.amount - right.amount, currency: left.currency };
}

/** Negative, zero or positive, for sorting and comparing. */
export function compare(left: Money, right: Money): -1 | 0 | 1 {
  refuseMixedCurrencies(left, right);
  if (left.amount === right.amount) return 0;
  return left.amount < right.amount ? -1 : 1;
}

export function isSameMoney(left: Money, right: Money): boolean {
  return left.currency === right.currency && left.amount === right.amount;
}

function refuseMixedCurrencies(left: Money, right: Money): void {
  if (left.currency !== right.currency) throw new CurrencyMismatch(left.currency, right.currency);
}

/** `12.345` for 12345n OMR, `-0.05` for -5n USD, `500` for 500n JPY: exactly the currency's digits, made by string, never by division. */
export function formatMoney({ amount, currency }: Money): string {
  const exponent = exponentOf(currency);
  const sign = amount < 0n ? '-' : '';
  const digits = (amount < 0n ? -amount : amount).toString();
  if (exponent === 0) return sign + digits;
  const padded = digits.padStart(exponent + 1, '0');
  return `${sign}${padded.slice(0, -exponent)}.${padded.slice(-exponent)}`;
}

const DECIMAL = /^(-?)(0|[1-9]\d{0,17})(?:\.(\d{1,4}))?$/;

/** The reverse of `formatMoney`; fewer fraction digits than the currency has are filled up, more are refused. */
export function parseMoney(text: string, code: Currency): Money {
  const exponent = exponentOf(code);
  const parts = DECIMAL.exec(text);
  if (!parts) throw new InvalidMoney(`${JSON.stringify(text)} is not a decimal number such as 12.34`);
  const [, sign = '', whole = '', fraction = ''] = parts;
  if (fraction.length > exponent)
    throw new InvalidMoney(`${code} has ${exponent} fraction digits, ${JSON.stringify(text)} has ${fraction.length}`);
  const magnitude = BigInt(whole + fraction.padEnd(exponent, '0'));
  return { amount: sign === '-' ? -magnitude : magnitude, currency: code };
}

/** For JSON. An amount that JSON cannot carry exactly, or that is not positive, is a bug here and not a rounding there. */
export function toWire({ amount, currency }: Money): WireMoney {
  if (amount < SMALLEST_WIRE_AMOUNT || amount > LARGEST_WIRE_AMOUNT)
    throw new InvalidMoney(`${amount} is outside 1 … 2^53−1 and has no wire form`);
  return { amount: Number(amount), currency };
}

/** A balance, a total or a signed entry for JSON: any integer that JSON carries exactly. */
export function toWireInteger(amount: bigint): number {
  if (amount < -LARGEST_WIRE_AMOUNT || amount > LARGEST_WIRE_AMOUNT)
    throw new InvalidMoney(`${amount} is outside ±(2^53−1) and has no wire form`);
  return Number(amount);
}

/** What is added up over many accounts has no bound: beyond what JSON carries exactly it is a text of digits. */
export const toWireTotal = (amount: bigint): number | string =>
  amount < -LARGEST_WIRE_AMOUNT || amount > LARGEST_WIRE_AMOUNT ? amount.toString() : Number(amount);

/** From JSON; throws `InvalidMoney` or `UnknownCurrency`. */
export function fromWire({ amount, currency }: WireMoney): Money {
  if (!Number.isSafeInteger(amount) || amount < 1) throw new InvalidMoney(`${String(amount)} is not an integer from 1 to 2^53−1`);
  return { amount: BigInt(amount), currency: currencyOf(currency) };
}

/**
 * Splits by weight with nothing lost: parts are rounded down, and what is left goes, one unit each, to the largest remainders
 * (the earlier part first when they are equal).
 */
export function allocate({ amount, currency }: Money, weights: readonly bigint[]): Money[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total <= 0n || weights.some((weight) => weight < 0n))
    throw new InvalidMoney('weights must not be negative, and their sum must be positive');
  const sign = amount < 0n ? -1n : 1n;
  const magnitude = amount * sign;
  const parts = weights.map((weight, index) => ({ index, share: (magnitude * weight) / total, remainder: (magnitude * weight) % total }));
  const left = Number(magnitude - parts.reduce((sum, part) => sum + part.share, 0n));
  const byRemainder = [...parts].sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder < b.remainder ? 1 : -1));
  for (const part of byRemainder.slice(0, left)) part.share += 1n;
  return parts.map((part) => ({ amount: part.share * sign, currency }));
}

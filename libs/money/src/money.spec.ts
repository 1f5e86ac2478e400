import fc from 'fast-check';
import { CURRENCIES, UnknownCurrency, currency, exponentOf, isCurrency } from './currency.js';
import {
  CurrencyMismatch,
  InvalidMoney,
  add,
  allocate,
  compare,
  formatMoney,
  fromWire,
  isSameMoney,
  money,
  parseMoney,
  subtract,
  toWire,
  toWireInteger,
} from './money.js';

const usd = (amount: bigint) => money(amount, currency('USD'));
const anyCurrency = fc.constantFrom(...CURRENCIES);
const anyMoney = fc.record({ amount: fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), currency: anyCurrency });

describe('currencies', () => {
  test.each([
    ['JPY', 0],
    ['USD', 2],
    ['OMR', 3],
    ['BHD', 3],
    ['KWD', 3],
    ['JOD', 3],
    ['TND', 3],
    ['IQD', 3],
    ['LYD', 3],
    ['CLF', 4],
    ['UYW', 4],
    ['EUR', 2],
  ])('%s has %i digits after the point', (code, exponent) => {
    expect(exponentOf(currency(code))).toBe(exponent);
  });

  test('no code is listed twice', () => {
    expect(new Set(CURRENCIES).size).toBe(CURRENCIES.length);
    expect(CURRENCIES.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
  });

  test.each(['usd', 'XXX', 'XAU', 'US', '', 'toString', 42, null])('%p is none', (code) => {
    expect(isCurrency(code)).toBe(false);
    expect(() => currency(code as string)).toThrow(UnknownCurrency);
  });
});

describe('calculating', () => {
  test('adds, subtracts and compares in one currency', () => {
    expect(add(usd(1n), usd(2n))).toEqual(usd(3n));
    expect(subtract(usd(1n), usd(2n))).toEqual(usd(-1n));
    expect([compare(usd(1n), usd(2n)), compare(usd(2n), usd(2n)), compare(usd(3n), usd(2n))]).toEqual([-1, 0, 1]);
    expect(isSameMoney(usd(1n), money(1n, currency('JPY')))).toBe(false);
  });

  test('mixing currencies is a bug, not a result', () => {
    const yen = money(1n, currency('JPY'));
    for (const mix of [add, subtract, compare]) expect(() => mix(usd(1n), yen)).toThrow(CurrencyMismatch);
  });

  test('allocating loses nothing and strays from the exact share by less than one unit', () => {
    fc.assert(
      fc.property(anyMoney, fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 20 }), (whole, weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0n);
        fc.pre(total > 0n);
        const parts = allocate(whole, weights);
        expect(parts.reduce((sum, part) => sum + part.amount, 0n)).toBe(whole.amount);
        parts.forEach((part, index) => {
          const distance = part.amount * total - whole.amount * (weights[index] as bigint);
          expect((distance < 0n ? -distance : distance) < total).toBe(true);
        });
      }),
    );
  });

  test('the largest remainders get what is left', () => {
    expect(allocate(usd(100n), [1n, 1n, 1n]).map(({ amount }) => amount)).toEqual([34n, 33n, 33n]);
    expect(allocate(usd(5n), [3n, 7n]).map(({ amount }) => amount)).toEqual([2n, 3n]);
    expect(() => allocate(usd(5n), [0n])).toThrow(InvalidMoney);
    expect(() => allocate(usd(5n), [2n, -1n])).toThrow(InvalidMoney);
  });
});

describe('as text', () => {
  test.each([
    [12345n, 'OMR', '12.345'],
    [-5n, 'USD', '-0.05'],
    [500n, 'JPY', '500'],
    [0n, 'OMR', '0.000'],
  ])('%s minor units of %s are %s', (amount, code, text) => {
    expect(formatMoney(money(amount, currency(code)))).toBe(text);
  });

  test('what is written is read back', () => {
    fc.assert(fc.property(anyMoney, (value) => isSameMoney(parseMoney(formatMoney(value), value.currency), value)));
  });

  test.each(['1.2345', '01.00', '.5', '5.', '1e3', ' 1', '1,5', '', '--1', '٣'])('%p is refused for OMR', (text) => {
    expect(() => parseMoney(text, currency('OMR'))).toThrow(InvalidMoney);
  });

  test('more digits than the currency has are refused, fewer are filled up', () => {
    expect(() => parseMoney('1.0', currency('JPY'))).toThrow(InvalidMoney);
    expect(parseMoney('1.5', currency('USD')).amount).toBe(150n);
  });
});

describe('on the wire', () => {
  test('goes there and back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: BigInt(Number.MAX_SAFE_INTEGER) }), anyCurrency, (amount, code) =>
        isSameMoney(fromWire(toWire(money(amount, code))), money(amount, code)),
      ),
    );
  });

  test.each([0n, -1n, 2n ** 53n])('%s has no wire form', (amount) => {
    expect(() => toWire(usd(amount))).toThrow(InvalidMoney);
  });

  test.each([0, -1, 1.5, 2 ** 53, Number.NaN, '1'])('the amount %p is refused', (amount) => {
    expect(() => fromWire({ amount: amount as number, currency: 'USD' })).toThrow(InvalidMoney);
  });

  test('a balance may be zero or negative, but never rounded', () => {
    expect([toWireInteger(0n), toWireInteger(-7n)]).toEqual([0, -7]);
    expect(() => toWireInteger(2n ** 53n)).toThrow(InvalidMoney);
  });
});

import fc from 'fast-check';
import { redacted } from './redacted.js';

/** Of 13 to 19 digits, the last of which makes the sum right, as every card's number has it. */
const cardNumber = fc
  .tuple(fc.integer({ min: 12, max: 18 }), fc.bigInt({ min: 10n ** 17n, max: 10n ** 18n - 1n }))
  .map(([length, digits]) => {
    const body = digits.toString().slice(0, length);
    const sum = [...body].reverse().reduce((total, digit, index) => {
      const doubled = index % 2 === 0 ? Number(digit) * 2 : Number(digit);
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
    return body + String((10 - (sum % 10)) % 10);
  });
const grouped = (number: string, separator: string): string => number.replace(/\d{4}(?=\d)/g, `$&${separator}`);

describe('what an error says', () => {
  it('never shows a card’s number, however it is written and whatever stands around it', () => {
    fc.assert(
      fc.property(
        cardNumber,
        fc.constantFrom('', ' ', '-', '.', '\u00a0', '\u2013'),
        fc.constantFrom('', 'card-', 'no.', 'pan', 'x_', '(', '12 ', '7-', 'pay_', '"'),
        fc.constantFrom('', '-x', '.', 'EUR', ' 12', '_1', '"'),
        (number, separator, before, after) => {
          const shown = grouped(number, separator);
          const text = redacted(`refused: ${before}${shown}${after}`, 1_024);
          expect(text).not.toContain(shown);
          expect(text).not.toContain(shown.slice(0, 11));
          expect(text).toMatch(/^refused: /);
        },
      ),
    );
  });

  it.each([
    ['event 01a1ff38-8461-72ae-82f5-902a1fcfd0af was seen'],
    ['event 12345678-1234-7234-8234-123456789012 was seen'],
    ['transfer pay_01m7zkh131eaq85x16z0bba1zm is gone'],
    ['transfer pay_01234567890123456789012345 is gone'],
    ['1234567.89 USD are more than 100000 of 1000000'],
    ['since 2026-11-21T17:47:37.966Z, 2026-11-21 17:47:37.966+00'],
    ['payment.created/11/4711003 after 15 247 ms on 192.168.100.200:5432'],
    ['version 1.8.2, offsets 10 20 30 40 50 60 70 80, at post-transfer.ts:18:51'],
  ])('shows what helps: %s', (text) => {
    expect(redacted(text, 1_024)).toBe(text);
  });
});

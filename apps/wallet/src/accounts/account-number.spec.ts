import fc from 'fast-check';
import { accountNumberFor, luhnDigit } from './account-number.js';

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 17, maxLength: 17 });
const isRight = (number: string) => luhnDigit(number.slice(0, -1)) === number.slice(-1);

describe('an account number', () => {
  it.each([
    ['7992739871', '3'],
    ['0', '0'],
    ['1', '8'],
    ['411111111111111', '1'],
  ])('%s has the check digit %s', (number, digit) => {
    expect(luhnDigit(number)).toBe(digit);
  });

  it('with one wrong digit is never right', () => {
    fc.assert(
      fc.property(digits, fc.nat(17), fc.integer({ min: 1, max: 9 }), (number, place, by) => {
        const right = number + luhnDigit(number);
        const wrong = right.slice(0, place) + ((Number(right[place]) + by) % 10) + right.slice(place + 1);
        return isRight(right) && !isRight(wrong);
      }),
    );
  });

  it('with two neighbours swapped is never right, 0 and 9 aside', () => {
    fc.assert(
      fc.property(digits, fc.nat(16), (number, place) => {
        const right = number + luhnDigit(number);
        const [one = '', other = ''] = right.slice(place, place + 2);
        fc.pre(one !== other && one + other !== '09' && one + other !== '90');
        return !isRight(right.slice(0, place) + other + one + right.slice(place + 2));
      }),
    );
  });

  it('of ours has 18 digits, a right check digit, and is the same for the same id', () => {
    const ids = fc.string({ unit: fc.constantFrom(...'0123456789abcdefghjkmnpqrstvwxyz'), minLength: 26, maxLength: 26 });
    fc.assert(
      fc.property(ids, (id) => {
        const number = accountNumberFor(`acc_${id}`);
        expect(number).toMatch(/^\d{18}$/);
        expect(isRight(number)).toBe(true);
        expect(accountNumberFor(`acc_${id}`)).toBe(number);
      }),
    );
  });

  it('differs for ids of one moment', () => {
    const numbers = Array.from({ length: 1_000 }, (_, index) =>
      accountNumberFor(`acc_01m7xw7xw1ed5ss9${(1_000 + index).toString().padStart(10, '0')}`),
    );
    expect(new Set(numbers).size).toBe(1_000);
  });
});

const crockford = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A number for people, from the account's id: 17 digits of the id's counter and random bits, and a check digit
 * (ISO 7064 mod 97-10 would need two; Luhn catches every single wrong digit and nearly every swap).
 */
export function accountNumberFor(id: string): string {
  let bits = 0n;
  for (const character of id.slice(-26)) bits = (bits << 5n) | BigInt(crockford.indexOf(character));
  const digits = (bits % 10n ** 17n).toString().padStart(17, '0');
  return digits + luhnDigit(digits);
}

export function luhnDigit(digits: string): string {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const weighted = index % 2 === 0 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return String((10 - (sum % 10)) % 10);
}

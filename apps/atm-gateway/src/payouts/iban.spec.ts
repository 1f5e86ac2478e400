import { electronicIban, isBic, isIban, isSepaText } from './iban.js';

describe('an IBAN', () => {
  it.each([
    ...['DE89370400440532013000', 'GB29NWBK60161331926819', 'NO9386011117947', 'MT84MALT011000012345MTLCAST001S'],
    ...['FR1420041010050500013M02606', 'SA0380000000608010167519', 'OM810180000001299123456', 'LC55HEMM000100010012001200023015'],
    ...['DE89 3704 0044 0532 0130 00', 'gb29 nwbk 6016 1331 9268 19'],
  ])('%s is one', (text) => expect(isIban(text)).toBe(true));

  it.each([
    ['a digit is wrong', 'DE89370400440532013001'],
    ['two digits are exchanged', 'DE89370400440532010300'],
    ['it is too short', 'DE8937040044053201300'],
    ['it is too long', 'DE893704004405320130000'],
    ['another country’s length', 'NO93860111179470'],
    ['no country', 'XX89370400440532013000'],
    ['a country without IBANs', 'US64SVBKUS6S3300958879'],
    ['a letter that is none of ours', 'DE8937040044053201300Ö'],
    ['a hyphen', 'DE89-3704-0044-0532-0130-00'],
    ['no check digits', 'DEAB370400440532013000'],
    ['nothing', ''],
    ['something before it', 'IBAN DE89370400440532013000'],
  ])('is none when %s', (_, text) => expect(isIban(text)).toBe(false));

  it('is none with check digits that are never given out, whatever the remainder says', () => {
    const numbers = Array.from({ length: 400 }, (_, index) => `DE00${String(index).padStart(18, '0')}`);
    const given = numbers.flatMap((each) => ['00', '01', '99'].map((digits) => `DE${digits}${each.slice(4)}`));
    expect(given.filter(isIban)).toEqual([]);
  });

  it('has exactly one pair of check digits', () => {
    const pairs = Array.from({ length: 100 }, (_, index) => `DE${String(index).padStart(2, '0')}370400440532013000`);
    expect(pairs.filter(isIban)).toEqual(['DE89370400440532013000']);
  });

  it('is sent without spaces, in capitals', () => {
    expect(electronicIban('gb29 nwbk 6016 1331 9268 19')).toBe('GB29NWBK60161331926819');
  });
});

describe('a BIC', () => {
  it.each(['DEUTDEFF', 'DEUTDEFF500', 'BMUSOMRX', 'N26AATWW'])('%s is one', (text) => expect(isBic(text)).toBe(true));
  it.each(['DEUTDEF', 'DEUTDEFF5', 'DEUTDEFF5000', 'deutdeff', 'DEUT1EFF', ''])('%s is none', (text) => expect(isBic(text)).toBe(false));
});

describe('a reference', () => {
  it.each(['Rent 11/2026', "O'Hara: (no. 4), +1?", 'a'.repeat(140)])('%s can be sent', (text) => expect(isSepaText(text)).toBe(true));
  it.each(['', 'a'.repeat(141), 'Zürich', '5 € due', 'a\nb', '/a', 'a/', 'a//b', '<b>', 'a_b'])('%s cannot', (text) =>
    expect(isSepaText(text)).toBe(false),
  );
});

/** Characters of an IBAN by country, as SWIFT's registry has them. */
const LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 ' +
    'GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 ' +
    'MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 ' +
    'TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number.parseInt(entry.slice(2), 10)]),
);

/** As it is sent: without the spaces it is printed with, in capitals. */
export const electronicIban = (text: string): string => text.replaceAll(' ', '').toUpperCase();

/** A country that has IBANs, its length, letters and digits only, and check digits that are right. */
export function isIban(text: string): boolean {
  const iban = electronicIban(text);
  const [, country = '', digits = ''] = /^([A-Z]{2})(\d{2})[A-Z0-9]+$/.exec(iban) ?? [];
  // Right by the remainder, these three are never given out.
  return iban.length === LENGTHS[country] && !['00', '01', '99'].includes(digits) && remainderOf(iban.slice(4) + iban.slice(0, 4)) === 1;
}

/** Modulo 97, letters read as 10 to 35 (ISO 7064). */
function remainderOf(text: string): number {
  let remainder = 0;
  for (const character of text) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value < 10 ? 10 : 100) + value) % 97;
  }
  return remainder;
}

/** ISO 9362: institution, country, location, and a branch if there is one. */
export const isBic = (text: string): boolean => /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(text);

/** What every bank of SEPA can take as a reference: its Latin characters, no slash at an end and no two together. */
export const isSepaText = (text: string): boolean => /^(?!\/)[A-Za-z0-9/\-?:().,'+ ]{1,140}(?<!\/)$/.test(text) && !text.includes('//');

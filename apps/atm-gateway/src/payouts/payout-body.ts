import { field } from '@falconpay/http/body-fields';
import { isBic, isIban, isSepaText } from './iban.js';

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 140;

export const IsIban = field({
  name: 'isIban',
  message: 'must be an IBAN whose country, length and check digits are right',
  schema: { type: 'string', pattern: '^[A-Za-z]{2}[0-9]{2}[A-Za-z0-9 ]{11,60}$', examples: ['DE89370400440532013000'] },
  test: (value) => isText(value) && isIban(value),
});

export const IsBic = field({
  name: 'isBic',
  message: 'must be a BIC of 8 or 11 characters',
  schema: { type: 'string', pattern: '^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$' },
  test: (value) => isText(value) && isBic(value),
});

export const IsSepaReference = field({
  name: 'isSepaReference',
  message: "must be 1 to 140 of a-z A-Z 0-9 / - ? : ( ) . , ' + and space, with no slash at an end and no two together",
  schema: { type: 'string', pattern: "^[A-Za-z0-9/?:().,'+ \\-]{1,140}$" },
  test: (value) => isText(value) && isSepaText(value),
});

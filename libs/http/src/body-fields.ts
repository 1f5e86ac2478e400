import { Type } from 'class-transformer';
import { IsOptional, ValidateBy, ValidateNested, type ValidationOptions } from 'class-validator';
import { fromWire, type Money } from '@falconpay/money/money';
import { isCurrency } from '@falconpay/money/currency';
import { isStorable } from './storable.js';

/** One rule, one message, and what the rule is in JSON Schema (for the documentation). */
interface Field {
  readonly name: string;
  readonly message: string;
  readonly schema: Readonly<Record<string, unknown>>;
  test(value: unknown): boolean;
}

/** By the constraint's name; the generated OpenAPI document reads it. */
export const FIELD_SCHEMAS = new Map<string, Readonly<Record<string, unknown>>>();

/** A property decorator out of one rule. The message follows the name of the place: "/amount/amount must be …". */
export function field({ name, message, schema, test }: Field) {
  FIELD_SCHEMAS.set(name, schema);
  return (options?: ValidationOptions): PropertyDecorator =>
    ValidateBy({ name, validator: { validate: test, defaultMessage: () => message } }, options);
}

const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= longest && isStorable(value);

function textField(name: string, longest: number) {
  return field({
    name,
    message: `must be a text of 1 to ${longest} characters, without NUL and halves of character pairs`,
    schema: { type: 'string', minLength: 1, maxLength: longest },
    test: (value) => isText(value, longest),
  });
}

export const IsReference = textField('isReference', 140);
export const IsDescription = textField('isDescription', 500);
export const IsReason = textField('isReason', 500);
export const IsOwner = textField('isOwner', 200);

/** An account's id or its number. */
export const IsAccountReference = field({
  name: 'isAccountReference',
  message: 'must be an account’s id or number: 1 to 64 letters, digits, - or _',
  schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' },
  test: (value) => typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value),
});

export const IsMinorUnits = field({
  name: 'isMinorUnits',
  message: 'must be an integer from 1 to 9007199254740991, in minor units of the currency',
  schema: { type: 'integer', format: 'int64', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  test: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 1,
});

export const IsCurrencyCode = field({
  name: 'isCurrencyCode',
  message: 'must be an ISO 4217 currency code in use, such as OMR',
  schema: { type: 'string', pattern: '^[A-Z]{3}$' },
  test: isCurrency,
});

const MOST_METADATA = 50;
const LONGEST_METADATA_KEY = 40;
const LONGEST_METADATA_VALUE = 500;

export const IsMetadata = field({
  name: 'isMetadata',
  message: `must be a flat map of at most ${MOST_METADATA} texts (keys 1 to ${LONGEST_METADATA_KEY} characters, values up to ${LONGEST_METADATA_VALUE})`,
  schema: { type: 'object', maxProperties: MOST_METADATA, additionalProperties: { type: 'string', maxLength: LONGEST_METADATA_VALUE } },
  test: isMetadata,
});

function isMetadata(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  let entries = 0;
  for (const key in value) {
    entries += 1;
    const text = (value as Record<string, unknown>)[key];
    if (entries > MOST_METADATA || !isText(key, LONGEST_METADATA_KEY)) return false;
    if (typeof text !== 'string' || text.length > LONGEST_METADATA_VALUE || !isStorable(text)) return false;
  }
  return true;
}

const INSTANT = /^(?:19[7-9]\d|[2-9]\d{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;

export const IsInstant = field({
  name: 'isInstant',
  message: 'must be a UTC time from 1970 on, such as 2026-01-31T12:00:00Z',
  schema: { type: 'string', format: 'date-time' },
  test: isInstant,
});

/** RFC 3339 in UTC, and a day that exists: `2026-02-30` would otherwise become the 2nd of March. */
export function isInstant(value: unknown): boolean {
  if (typeof value !== 'string' || !INSTANT.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).getUTCDate() === Number.parseInt(value.slice(8, 10), 10);
}

/** `{"amount": 12345, "currency": "OMR"}` */
export class MoneyDto {
  @IsMinorUnits()
  amount!: number;

  @IsCurrencyCode()
  currency!: string;
}

export function moneyOf(dto: MoneyDto): Money {
  return fromWire(dto);
}

/** A required `MoneyDto`. */
export function IsMoney(): PropertyDecorator {
  return all(
    ValidateNested(),
    Type(() => MoneyDto),
    IsPresent(),
  );
}

/** A `MoneyDto` that may be left out. */
export function IsOptionalMoney(): PropertyDecorator {
  return all(
    IsOptional(),
    ValidateNested(),
    Type(() => MoneyDto),
  );
}

const IsPresent = field({ name: 'isPresent', message: 'is needed', schema: {}, test: (value) => value !== undefined && value !== null });

/** Required and one of our DTO classes: class-validator alone lets an absent nested object pass. */
export function IsNested(dtoClass: () => new () => object): PropertyDecorator {
  return all(ValidateNested(), Type(dtoClass), IsPresent());
}

function all(...decorators: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}

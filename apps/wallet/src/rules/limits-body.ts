import { Type } from 'class-transformer';
import { IsOptional, ValidateNested } from 'class-validator';
import { field, IsMoney, IsNested, MoneyDto } from '@falconpay/http/body-fields';
import { isCurrency } from '@falconpay/money/currency';
import type { Form } from './forms.js';
import type { Limits } from './limits.js';
import { rules } from './rules.js';

/** What may be sent: each rule's setting, in the rule's form. */
class LimitsBody {
  readonly [rule: string]: unknown;
}
export class AccountLimitsBody extends LimitsBody {}
export class ClientLimitsBody extends LimitsBody {}

const currenciesMax = 50;

const isListOfDifferent = (list: unknown, of: (item: unknown) => unknown): list is unknown[] =>
  Array.isArray(list) && list.length >= 1 && list.length <= currenciesMax && new Set(list.map(of)).size === list.length;

const IsCurrencyList = field({
  name: 'isCurrencyList',
  message: `must be a list of 1 to ${currenciesMax} different ISO 4217 currency codes`,
  schema: { type: 'array', minItems: 1, maxItems: currenciesMax, uniqueItems: true, items: { type: 'string', pattern: '^[A-Z]{3}$' } },
  test: (value) => isListOfDifferent(value, (code) => code) && value.every(isCurrency),
});

const IsOnePerCurrency = field({
  name: 'isOnePerCurrency',
  message: `must be a list of 1 to ${currenciesMax} amounts in different currencies`,
  schema: { type: 'array', minItems: 1, maxItems: currenciesMax },
  test: (value) => isListOfDifferent(value, (each) => (each as Partial<MoneyDto> | null)?.currency),
});

const integerUpTo = (most: number, unit: string | undefined) =>
  field({
    name: `isIntegerUpTo${most}`,
    message: `must be an integer from 1 to ${most}${unit === undefined ? '' : `, in ${unit}`}`,
    schema: { type: 'integer', minimum: 1, maximum: most },
    test: (value) => Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= most,
  });

/** What class-validator asks of a member in this form; `path` tells it from members of the same name elsewhere. */
function fieldsOf(form: Form, path: string): PropertyDecorator[] {
  switch (form.is) {
    case 'integer':
      return [integerUpTo(form.most, form.unit)()];
    case 'amount':
      return [IsMoney()];
    case 'amount-per-currency':
      return [IsOnePerCurrency(), ValidateNested({ each: true }), Type(() => MoneyDto)];
    case 'currencies':
      return [IsCurrencyList()];
    case 'object': {
      const body = bodyOf(path, form.members);
      return [IsNested(() => body)];
    }
  }
}

/** The documentation knows it by its name. */
function bodyOf(path: string, members: Readonly<Record<string, Form>>): new () => object {
  const body = class {};
  Object.defineProperty(body, 'name', { value: `${path}_body`.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()) });
  for (const [member, form] of Object.entries(members)) put(fieldsOf(form, `${path}_${member}`), body, member);
  return body;
}

function put(fields: readonly PropertyDecorator[], on: new () => object, name: string): void {
  for (const decorate of fields) decorate(on.prototype as object, name);
}

for (const { name, ofAccounts, ofClients } of rules) {
  if (ofAccounts) put([IsOptional(), ...fieldsOf(ofAccounts, `account_${name}`)], AccountLimitsBody, name);
  if (ofClients) put([IsOptional(), ...fieldsOf(ofClients, `client_${name}`)], ClientLimitsBody, name);
}

/** Undefined when the body limits nothing. */
export function limitsOf(body: AccountLimitsBody | ClientLimitsBody, zone: string): Limits | undefined {
  const given = Object.entries(body).filter(([, setting]) => setting !== undefined && setting !== null);
  return given.length === 0 ? undefined : { rules: Object.fromEntries(given), zone };
}

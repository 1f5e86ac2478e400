import { moneySchema, type JsonSchema } from '@falconpay/http/endpoint-docs';
import { currency as currencyOf } from '@falconpay/money/currency';
import { toWireTotal } from '@falconpay/money/money';
import type { Account } from '../accounts/account.js';
import type { Client } from './client.js';
import { amounts, type Form } from './forms.js';
import { usageOn, type Limited } from './limited.js';
import { amountIn } from './limits.js';
import { perDay } from './per-day.rule.js';
import { settingOf, type Rule } from './rule.js';
import { rules } from './rules.js';

/** An account's limits as operators see them; what has been spent on the business date, where a day is limited. */
export function accountLimitsView({ id, limited }: Account, now: Date) {
  return { account: id, ...settingsOf(limited), spent_today: limited && spentToday(limited, now)?.[0] };
}

export function clientLimitsView(id: string, client: Client | undefined, now: Date) {
  const limited = client?.limited;
  return { client: id, ...settingsOf(limited), spent_today: limited && spentToday(limited, now) };
}

/** In the order of the rules, whatever order they were set in. */
function settingsOf(limited: Limited | undefined) {
  if (!limited) return {};
  const { limits } = limited;
  return { ...Object.fromEntries(rules.map((rule) => [rule.name, settingOf(limits, rule)])), business_zone: limits.zone };
}

/** Nothing spent has no form as money on the wire: it is said as a plain 0. */
function spentToday(limited: Limited, now: Date) {
  const perDaySetting = settingOf(limited.limits, perDay);
  if (perDaySetting === undefined) return undefined;
  const { spentThatDay } = usageOn(limited, now);
  return amounts
    .currencies(perDaySetting)
    .map((currency) => ({ amount: toWireTotal(amountIn(spentThatDay, currencyOf(currency))), currency }));
}

const currencySchema: JsonSchema = { type: 'string', pattern: '^[A-Z]{3}$' };

const spentSchema: JsonSchema = {
  type: 'object',
  properties: { amount: { type: ['integer', 'string'], format: 'int64', minimum: 0 }, currency: currencySchema },
  required: ['amount', 'currency'],
  description: 'On this business date, where a day is limited; an amount beyond 2^53−1 is a text of digits',
};

const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });

function schemaOf(form: Form): JsonSchema {
  switch (form.is) {
    case 'integer':
      return { type: 'integer' };
    case 'amount':
      return moneySchema;
    case 'amount-per-currency':
      return list(moneySchema);
    case 'currencies':
      return list(currencySchema);
    case 'object':
      return {
        type: 'object',
        properties: Object.fromEntries(Object.entries(form.members).map(([name, member]) => [name, schemaOf(member)])),
        required: Object.keys(form.members),
        ...(form.description !== undefined && { description: form.description }),
      };
  }
}

function limitsSchema(of: 'account' | 'client', formOf: (rule: Rule) => Form | undefined, spent: JsonSchema): JsonSchema {
  const settings = rules.flatMap((rule) => {
    const form = formOf(rule);
    return form ? [[rule.name, schemaOf(form)] as const] : [];
  });
  return {
    type: 'object',
    properties: {
      [of]: { type: 'string' },
      ...Object.fromEntries(settings),
      business_zone: { type: 'string', description: 'The time zone by whose calendar days are told' },
      spent_today: spent,
    },
    required: [of],
  };
}

export const accountLimitsSchema = limitsSchema('account', ({ ofAccounts }) => ofAccounts, spentSchema);
export const clientLimitsSchema = limitsSchema('client', ({ ofClients }) => ofClients, list(spentSchema));

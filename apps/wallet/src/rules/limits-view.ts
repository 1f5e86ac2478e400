import type { JsonSchema } from '@falconpay/http/endpoint-docs';
import { moneySchema } from '@falconpay/http/endpoint-docs';
import type { Currency } from '@falconpay/money/currency';
import { toWire, toWireInteger, type Money } from '@falconpay/money/money';
import type { Account } from '../accounts/account.js';
import type { Client } from './client.js';
import { usageOn, type Limited } from './limited.js';
import { amountIn } from './limits.js';

/** An account's limits as operators see them; what has been spent on the business date, where a day is limited. */
export function accountLimitsView({ id, currency, limited }: Account, now: Date) {
  const one = (amounts: readonly Money[] = []) => amounts.map(toWire)[0];
  return {
    account: id,
    per_transaction: one(limited?.limits.perTransaction),
    per_day: one(limited?.limits.perDay),
    ...restOf(limited),
    spent_today: limited && limited.limits.perDay.length > 0 ? spentOf(limited, currency, now) : undefined,
  };
}

export function clientLimitsView(id: string, client: Client | undefined, now: Date) {
  const limited = client?.limited;
  const all = (amounts: readonly Money[] = []) => (amounts.length === 0 ? undefined : amounts.map(toWire));
  const newAccount = limited?.limits.newAccount;
  return {
    client: id,
    per_transaction: all(limited?.limits.perTransaction),
    per_day: all(limited?.limits.perDay),
    new_account: newAccount && { younger_than_seconds: newAccount.youngerThanSeconds, per_transaction: all(newAccount.perTransaction) },
    ...restOf(limited),
    spent_today:
      limited && limited.limits.perDay.length > 0 ? limited.limits.perDay.map((each) => spentOf(limited, each.currency, now)) : undefined,
  };
}

function restOf(limited: Limited | undefined) {
  if (!limited) return {};
  const { velocity, currencies, zone } = limited.limits;
  return {
    velocity: velocity && { count: velocity.count, window_seconds: velocity.windowSeconds },
    currencies,
    business_zone: zone,
  };
}

/** Nothing spent has no form as money on the wire: it is said as a plain 0. */
const spentOf = (limited: Limited, currency: Currency, now: Date) => ({
  amount: toWireInteger(amountIn(usageOn(limited, now).spentThatDay, currency) ?? 0n),
  currency,
});

const spentSchema: JsonSchema = {
  type: 'object',
  properties: { amount: { type: 'integer', format: 'int64', minimum: 0 }, currency: { type: 'string', pattern: '^[A-Z]{3}$' } },
  required: ['amount', 'currency'],
  description: 'On this business date, where a day is limited',
};
const restSchemas = {
  velocity: {
    type: 'object',
    properties: { count: { type: 'integer' }, window_seconds: { type: 'integer' } },
    required: ['count', 'window_seconds'],
  },
  currencies: { type: 'array', items: { type: 'string', pattern: '^[A-Z]{3}$' } },
  business_zone: { type: 'string', description: 'The time zone by whose calendar days are told' },
};

export const accountLimitsSchema: JsonSchema = {
  type: 'object',
  properties: { account: { type: 'string' }, per_transaction: moneySchema, per_day: moneySchema, ...restSchemas, spent_today: spentSchema },
  required: ['account'],
};

const list = (items: JsonSchema) => ({ type: 'array', items });

export const clientLimitsSchema: JsonSchema = {
  type: 'object',
  properties: {
    ...{ client: { type: 'string' }, per_transaction: list(moneySchema), per_day: list(moneySchema) },
    new_account: {
      type: 'object',
      properties: { younger_than_seconds: { type: 'integer' }, per_transaction: list(moneySchema) },
      required: ['younger_than_seconds', 'per_transaction'],
      description: 'What is moved at most at once on an account that was opened less than so many seconds ago',
    },
    ...restSchemas,
    spent_today: list(spentSchema),
  },
  required: ['client'],
};

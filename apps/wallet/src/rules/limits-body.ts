import { IsOptional, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { currency as currencyOf, isCurrency } from '@falconpay/money/currency';
import type { Money } from '@falconpay/money/money';
import { field, IsNested, IsOptionalMoney, MoneyDto, moneyOf } from '@falconpay/http/body-fields';
import type { Limits } from './limits.js';

const countMax = 1_000;
const daySeconds = 86_400;
const windowSecondsMax = 31 * daySeconds;
const newAccountSecondsMax = 366 * daySeconds;
const currenciesMax = 50;

const isIntegerUpTo = (value: unknown, most: number): boolean => Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= most;
const isListUpTo = (value: unknown, most: number): value is unknown[] => Array.isArray(value) && value.length >= 1 && value.length <= most;

const IsCount = field({
  name: 'isVelocityCount',
  message: `must be an integer from 1 to ${countMax}`,
  schema: { type: 'integer', minimum: 1, maximum: countMax },
  test: (value) => isIntegerUpTo(value, countMax),
});

const IsWindow = field({
  name: 'isVelocityWindow',
  message: `must be an integer from 1 to ${windowSecondsMax}, in seconds`,
  schema: { type: 'integer', minimum: 1, maximum: windowSecondsMax },
  test: (value) => isIntegerUpTo(value, windowSecondsMax),
});

const IsAge = field({
  name: 'isAccountAge',
  message: `must be an integer from 1 to ${newAccountSecondsMax}, in seconds`,
  schema: { type: 'integer', minimum: 1, maximum: newAccountSecondsMax },
  test: (value) => isIntegerUpTo(value, newAccountSecondsMax),
});

const IsCurrencyList = field({
  name: 'isCurrencyList',
  message: `must be a list of 1 to ${currenciesMax} different ISO 4217 currency codes`,
  schema: { type: 'array', minItems: 1, maxItems: currenciesMax, uniqueItems: true, items: { type: 'string', pattern: '^[A-Z]{3}$' } },
  test: (value) => isListUpTo(value, currenciesMax) && value.every(isCurrency) && new Set(value).size === value.length,
});

const IsOnePerCurrency = field({
  name: 'isOnePerCurrency',
  message: `must be a list of 1 to ${currenciesMax} amounts in different currencies`,
  schema: { type: 'array', minItems: 1, maxItems: currenciesMax },
  test: (value) =>
    isListUpTo(value, currenciesMax) && new Set(value.map((each) => (each as Partial<MoneyDto> | null)?.currency)).size === value.length,
});

export class VelocityBody {
  @IsCount()
  count!: number;

  @IsWindow()
  window_seconds!: number;
}

export class NewAccountBody {
  @IsAge()
  younger_than_seconds!: number;

  @IsOnePerCurrency()
  @ValidateNested({ each: true })
  @Type(() => MoneyDto)
  per_transaction!: MoneyDto[];
}

class LimitsBody {
  @IsOptional()
  @IsNested(() => VelocityBody)
  velocity?: VelocityBody;

  @IsOptional()
  @IsCurrencyList()
  currencies?: string[];
}

/** An account has one currency. */
export class AccountLimitsBody extends LimitsBody {
  @IsOptionalMoney()
  per_transaction?: MoneyDto;

  @IsOptionalMoney()
  per_day?: MoneyDto;
}

/** A client moves money in any, on accounts of any age. */
export class ClientLimitsBody extends LimitsBody {
  @IsOptional()
  @IsOnePerCurrency()
  @ValidateNested({ each: true })
  @Type(() => MoneyDto)
  per_transaction?: MoneyDto[];

  @IsOptional()
  @IsOnePerCurrency()
  @ValidateNested({ each: true })
  @Type(() => MoneyDto)
  per_day?: MoneyDto[];

  @IsOptional()
  @IsNested(() => NewAccountBody)
  new_account?: NewAccountBody;
}

/** Undefined when the body limits nothing. */
export function limitsOf(body: AccountLimitsBody | ClientLimitsBody, zone: string): Limits | undefined {
  const { per_transaction, per_day, velocity, currencies } = body;
  const new_account = 'new_account' in body ? body.new_account : undefined;
  if ([per_transaction, per_day, velocity, new_account, currencies].every((each) => each === undefined || each === null)) return undefined;
  return {
    perTransaction: amountsOf(per_transaction),
    perDay: amountsOf(per_day),
    velocity: velocity && { count: velocity.count, windowSeconds: velocity.window_seconds },
    newAccount: new_account && {
      youngerThanSeconds: new_account.younger_than_seconds,
      perTransaction: amountsOf(new_account.per_transaction),
    },
    currencies: currencies?.map(currencyOf),
    zone,
  };
}

const amountsOf = (given: MoneyDto | MoneyDto[] | undefined): Money[] => [given ?? []].flat().map(moneyOf);

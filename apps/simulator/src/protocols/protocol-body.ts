import { IsOptional } from 'class-validator';
import type { PipeTransform } from '@nestjs/common';
import { field, IsMoney, IsNested, IsReference, MoneyDto } from '@falconpay/http/body-fields';
import { Problem } from '@falconpay/http/problem';

const ID = /^[A-Za-z0-9._-]{1,64}$/;

/** An id in a path: a partner's, or an order's. */
export class PathId implements PipeTransform<string, string> {
  transform(id: string): string {
    if (ID.test(id)) return id;
    throw new Problem('not-found', 'An id is 1 to 64 letters, digits, points, hyphens or underscores.');
  }
}

const IsOrderId = field({
  name: 'isOrderId',
  message: 'must be an id: 1 to 64 letters, digits, points, hyphens or underscores',
  schema: { type: 'string', pattern: ID.source },
  test: (value) => typeof value === 'string' && ID.test(value),
});

const IsIban = field({
  name: 'isIban',
  message: 'must look like an IBAN',
  schema: { type: 'string', pattern: '^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$' },
  test: (value) => typeof value === 'string' && /^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(value),
});

const digits = (name: string, least: number, most: number) =>
  field({
    name,
    message: `must be ${least} to ${most} digits`,
    schema: { type: 'string', pattern: `^[0-9]{${least},${most}}$` },
    test: (value) => typeof value === 'string' && new RegExp(`^\\d{${least},${most}}$`).test(value),
  });
const IsCardNumber = digits('isCardNumber', 8, 19);
const IsPin = digits('isPin', 3, 12);

export const IsDay = field({
  name: 'isDay',
  message: 'must be a day such as 2026-01-31',
  schema: { type: 'string', format: 'date' },
  test: (value) => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value),
});

export class DispenseBody {
  @IsOrderId()
  dispense_id!: string;

  @IsMoney()
  amount!: MoneyDto;
}

export class CreditBody {
  @IsOrderId()
  credit_id!: string;

  @IsMoney()
  amount!: MoneyDto;

  @IsIban()
  iban!: string;

  @IsOptional()
  @IsReference()
  reference?: string;
}

/** Looked at and forgotten: nothing of it is kept, logged or answered. */
export class CardDto {
  @IsCardNumber()
  number!: string;

  @IsPin()
  pin!: string;
}

export class CashOutBody {
  @IsOrderId()
  cashout_id!: string;

  @IsMoney()
  amount!: MoneyDto;

  @IsNested(() => CardDto)
  card!: CardDto;
}

export class ReversalBody {
  @IsOrderId()
  reversal_id!: string;

  @IsOrderId()
  cashout_id!: string;

  @IsMoney()
  amount!: MoneyDto;
}

export class RecordQuery {
  @IsOptional()
  @IsDay()
  date?: string;
}

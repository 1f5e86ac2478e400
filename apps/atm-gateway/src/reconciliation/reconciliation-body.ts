import type { PipeTransform } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { field } from '@falconpay/http/body-fields';
import { PageQuery } from '@falconpay/http/cursor';
import { validationProblem } from '@falconpay/http/validate-body';
import { IsPartnerId } from '../outside/partner-body.js';
import { isDate } from './business-day.js';

const message = 'must be a day such as 2026-11-20';

export const IsDay = field({ name: 'isDay', message, schema: { type: 'string', format: 'date' }, test: isDate });

/** `@Param('date', new DayParameter())` */
export class DayParameter implements PipeTransform<string, string> {
  transform(date: string): string {
    if (isDate(date)) return date;
    throw validationProblem([{ pointer: 'date', detail: message }], 'The path is not valid');
  }
}

const kinds = ['machine', 'bank', 'institution'];
const IsPartnerKind = field({
  name: 'isPartnerKind',
  message: `must be one of ${kinds.join(', ')}`,
  schema: { enum: kinds },
  test: (value) => kinds.includes(value as string),
});

/** What both lists can be narrowed by. */
export class OfPartnerQuery extends PageQuery {
  @IsOptional()
  @IsPartnerKind()
  kind?: string;

  @IsOptional()
  @IsPartnerId()
  partner?: string;
}

import { Body, Controller, Post, Req } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { currency as currencyOf } from '@falconpay/money/currency';
import type { Answer } from '@falconpay/http/answer';
import { field, IsCurrencyCode, IsOwner } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { requestProblems, Requests } from '@falconpay/service/requests';
import type { WalletRows } from '../../wallet-rows.js';
import { accountSchema } from '../account-schema.js';
import { openAccount } from './open-account.js';

/** No underscore: ids and the names of system accounts have one, so a number is never taken for either. */
const numberPattern = /^[A-Za-z0-9-]{1,34}$/;

const IsAccountNumber = field({
  name: 'isAccountNumber',
  message: 'must be 1 to 34 letters, digits or -',
  schema: { type: 'string', pattern: numberPattern.source },
  test: (value) => typeof value === 'string' && numberPattern.test(value),
});

export class OpenAccountBody {
  @IsOptional()
  @IsAccountNumber()
  number?: string;

  @IsOwner()
  owner!: string;

  @IsCurrencyCode()
  currency!: string;
}

@Controller('v1/accounts')
export class OpenAccountController {
  constructor(private readonly requests: Requests<WalletRows>) {}

  @Documented({
    summary: 'Open an account',
    answers: { 201: { description: 'Open, and empty', schema: accountSchema } },
    problems: [...requestProblems, 'number-taken'],
    idempotencyKey: 'optional',
  })
  @Post()
  open(@Body() body: OpenAccountBody, @Req() request: HttpRequest): Promise<Answer> {
    const message = {
      owner: body.owner,
      currency: currencyOf(body.currency),
      ...(body.number === undefined ? {} : { number: body.number }),
    };
    return this.requests.run(request, openAccount, message, 'optional');
  }
}

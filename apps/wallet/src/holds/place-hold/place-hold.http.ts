import { Body, Controller, Param, Post, Req } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import type { Answer } from '@falconpay/http/answer';
import { IsInstant, IsMoney, IsReference, MoneyDto, moneyOf } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { AccountReference } from '@falconpay/http/resource-id';
import { clientOf, requestProblems, Requests } from '@falconpay/service/requests';
import type { WalletRows } from '../../wallet-rows.js';
import { holdSchema } from '../hold-view.js';
import { placeHold } from './place-hold.js';

export class HoldBody {
  @IsMoney()
  amount!: MoneyDto;

  @IsOptional()
  @IsInstant()
  expires_at?: string;

  @IsOptional()
  @IsReference()
  reference?: string;
}

@Controller('v1/accounts')
export class PlaceHoldController {
  constructor(private readonly requests: Requests<WalletRows>) {}

  @Documented({
    summary: 'Set money apart',
    description: 'Nobody else can spend it until the hold is captured, released, or past `expires_at`. Without that it does not expire.',
    answers: { 201: { description: 'It is set apart', schema: holdSchema } },
    problems: [
      ...requestProblems,
      'account-not-found',
      'account-frozen',
      'currency-mismatch',
      'insufficient-funds',
      'limit-exceeded',
      'rule-refused',
      'expired',
    ],
    idempotencyKey: 'required',
  })
  @Post(':account/holds')
  place(@Param('account', new AccountReference()) account: string, @Body() body: HoldBody, @Req() request: HttpRequest): Promise<Answer> {
    const message = {
      ...{ client: clientOf(request), account, amount: moneyOf(body.amount) },
      ...(body.expires_at === undefined ? {} : { expiresAt: new Date(body.expires_at) }),
      ...(body.reference === undefined ? {} : { reference: body.reference }),
    };
    return this.requests.run(request, placeHold, message);
  }
}

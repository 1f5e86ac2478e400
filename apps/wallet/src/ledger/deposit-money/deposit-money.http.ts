import { Body, Controller, Param, Post, Req } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import type { Answer } from '@falconpay/http/answer';
import { IsInstant, IsMoney, IsReference, MoneyDto, moneyOf } from '@falconpay/http/body-fields';
import { Documented, moneySchema } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { AccountReference } from '@falconpay/http/resource-id';
import { requestProblems, Requests } from '@falconpay/service/requests';
import type { WalletRows } from '../../wallet-rows.js';
import { depositMoney } from './deposit-money.js';

export class DepositBody {
  @IsMoney()
  amount!: MoneyDto;

  @IsOptional()
  @IsInstant()
  release_at?: string;

  @IsOptional()
  @IsReference()
  reference?: string;
}

const depositSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', pattern: '^dep_[0-9a-hjkmnp-tv-z]{26}$' },
    account: { type: 'string' },
    status: { const: 'COMPLETED' },
    amount: moneySchema,
    release_at: { type: 'string', format: 'date-time' },
    reference: { type: 'string' },
    created_at: { type: 'string', format: 'date-time' },
    updated_at: { type: 'string', format: 'date-time' },
  },
  required: ['id', 'account', 'status', 'amount', 'created_at', 'updated_at'],
};

@Controller('v1/accounts')
export class DepositMoneyController {
  constructor(private readonly requests: Requests<WalletRows>) {}

  @Documented({
    summary: 'Pay money in at a counter',
    description:
      'With `release_at` it is on the account at once and can be spent from that instant on, without anybody doing anything then. An instant that has passed releases it at once; at most five years ahead.',
    answers: { 201: { description: 'It is on the account', schema: depositSchema } },
    problems: [...requestProblems, 'account-not-found', 'account-frozen', 'currency-mismatch', 'limit-exceeded'],
    idempotencyKey: 'required',
  })
  @Post(':account/deposits')
  deposit(
    @Param('account', new AccountReference()) account: string,
    @Body() body: DepositBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    const message = {
      ...{ account, amount: moneyOf(body.amount) },
      ...(body.release_at === undefined ? {} : { releaseAt: new Date(body.release_at) }),
      ...(body.reference === undefined ? {} : { reference: body.reference }),
    };
    return this.requests.run(request, depositMoney, message);
  }
}

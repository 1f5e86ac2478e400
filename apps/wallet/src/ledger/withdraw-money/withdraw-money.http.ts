import { Body, Controller, Param, Post, Req } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import type { Answer } from '@falconpay/http/answer';
import { IsMoney, IsReference, MoneyDto, moneyOf } from '@falconpay/http/body-fields';
import { Documented, moneySchema } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { AccountReference } from '@falconpay/http/resource-id';
import { clientOf, requestProblems, Requests } from '@falconpay/service/requests';
import type { WalletRows } from '../../wallet-rows.js';
import { withdrawMoney } from './withdraw-money.js';

export class WithdrawalBody {
  @IsMoney()
  amount!: MoneyDto;

  @IsOptional()
  @IsReference()
  reference?: string;
}

const withdrawalSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', pattern: '^wdl_[0-9a-hjkmnp-tv-z]{26}$' },
    account: { type: 'string' },
    status: { const: 'COMPLETED' },
    amount: moneySchema,
    reference: { type: 'string' },
    created_at: { type: 'string', format: 'date-time' },
    updated_at: { type: 'string', format: 'date-time' },
  },
  required: ['id', 'account', 'status', 'amount', 'created_at', 'updated_at'],
};

@Controller('v1/accounts')
export class WithdrawMoneyController {
  constructor(private readonly requests: Requests<WalletRows>) {}

  @Documented({
    summary: 'Pay money out at a counter',
    answers: { 201: { description: 'It has left the account', schema: withdrawalSchema } },
    problems: [
      ...requestProblems,
      'account-not-found',
      'account-frozen',
      'currency-mismatch',
      'insufficient-funds',
      'limit-exceeded',
      'rule-refused',
    ],
    idempotencyKey: 'required',
  })
  @Post(':account/withdrawals')
  withdraw(
    @Param('account', new AccountReference()) account: string,
    @Body() body: WithdrawalBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    const message = {
      client: clientOf(request),
      account,
      amount: moneyOf(body.amount),
      ...(body.reference === undefined ? {} : { reference: body.reference }),
    };
    return this.requests.run(request, withdrawMoney, message);
  }
}

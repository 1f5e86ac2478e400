import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { IsReason } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { AccountReference } from '@falconpay/http/resource-id';
import { requestProblems, Requests } from '@falconpay/service/requests';
import type { WalletRows } from '../../wallet-rows.js';
import { accountSchema } from '../account-schema.js';
import { freezeAccount, type FreezeAccount } from './freeze-account.js';

export class FreezeBody {
  @IsReason()
  reason!: string;
}

@Controller('v1/accounts')
export class FreezeAccountController {
  constructor(private readonly requests: Requests<WalletRows>) {}

  @Documented({
    summary: 'Stop an account from giving and taking money',
    answers: { 200: { description: 'Frozen', schema: accountSchema } },
    problems: [...requestProblems, 'account-not-found', 'conflict'],
    idempotencyKey: 'optional',
  })
  @Post(':account/freeze')
  @HttpCode(200)
  freeze(
    @Param('account', new AccountReference()) account: string,
    @Body() { reason }: FreezeBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return this.change(request, { account, event: 'freeze', reason });
  }

  @Documented({
    summary: 'Let a frozen account give and take money again',
    answers: { 200: { description: 'Open', schema: accountSchema } },
    problems: [...requestProblems, 'account-not-found', 'conflict'],
    idempotencyKey: 'optional',
  })
  @Post(':account/unfreeze')
  @HttpCode(200)
  unfreeze(
    @Param('account', new AccountReference()) account: string,
    @Body() { reason }: FreezeBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return this.change(request, { account, event: 'unfreeze', reason });
  }

  private change(request: HttpRequest, message: FreezeAccount): Promise<Answer> {
    return this.requests.run(request, freezeAccount, message, 'optional');
  }
}

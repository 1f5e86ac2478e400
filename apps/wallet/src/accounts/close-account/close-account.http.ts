import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { IsReason } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { AccountReference } from '@falconpay/http/resource-id';
import { requestProblems, Requests } from '@falconpay/service/requests';
import type { WalletRows } from '../../wallet-rows.js';
import { accountSchema } from '../account-schema.js';
import { closeAccount } from './close-account.js';

export class CloseBody {
  @IsReason()
  reason!: string;
}

@Controller('v1/accounts')
export class CloseAccountController {
  constructor(private readonly requests: Requests<WalletRows>) {}

  @Documented({
    summary: 'Close an account for good',
    description: 'Only when nothing is left in it. Its history stays; money can move on it no more.',
    answers: { 200: { description: 'Closed', schema: accountSchema } },
    problems: [...requestProblems, 'account-not-found', 'account-frozen', 'conflict'],
    idempotencyKey: 'optional',
  })
  @Post(':account/close')
  @HttpCode(200)
  close(
    @Param('account', new AccountReference()) account: string,
    @Body() { reason }: CloseBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return this.requests.run(request, closeAccount, { account, reason }, 'optional');
  }
}

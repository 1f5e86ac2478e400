import { Body, Controller, Param, Put, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { AccountReference } from '@falconpay/http/resource-id';
import { requestProblems, Requests } from '@falconpay/service/requests';
import type { WalletRows } from '../../wallet-rows.js';
import { BusinessZone } from '../business-zone.js';
import { AccountLimitsBody, limitsOf } from '../limits-body.js';
import { accountLimitsSchema } from '../limits-view.js';
import { setAccountLimits } from './set-account-limits.js';

@Controller('v1/accounts')
export class SetAccountLimitsController {
  constructor(
    private readonly requests: Requests<WalletRows>,
    private readonly zone: BusinessZone,
  ) {}

  @Documented({
    summary: 'Limit what may leave an account',
    description:
      'These limits replace those there were; what is left out is not limited. Everything that leaves counts: transfers and refunds from it, withdrawals at a counter, and holds when they are placed. What comes in does not.',
    answers: { 200: { description: 'In force from the next decision on', schema: accountLimitsSchema } },
    problems: [...requestProblems, 'account-not-found', 'currency-mismatch'],
    idempotencyKey: 'optional',
  })
  @Put(':account/limits')
  set(
    @Param('account', new AccountReference()) account: string,
    @Body() body: AccountLimitsBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return this.requests.run(request, setAccountLimits, { account, limits: limitsOf(body, this.zone.name) }, 'optional');
  }
}

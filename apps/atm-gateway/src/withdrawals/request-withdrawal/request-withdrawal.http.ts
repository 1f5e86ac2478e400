import { Body, Controller, Post, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { IsAccountReference, IsMoney, MoneyDto, moneyOf } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import { waitSecondsOf } from '@falconpay/http/prefer-wait';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { clientOf, requestProblems, Requests } from '@falconpay/service/requests';
import type { GatewayRows } from '../../gateway-rows.js';
import { OrderWatch } from '../../orders/order-watch.js';
import { IsPartnerId } from '../../outside/partner-body.js';
import { withdrawalSchema } from '../withdrawal-schema.js';
import { WithdrawalLimits } from '../withdrawal-limits.js';
import { requestWithdrawal } from './request-withdrawal.js';

export class WithdrawalBody {
  @IsAccountReference()
  account!: string;

  @IsMoney()
  amount!: MoneyDto;

  @IsPartnerId()
  atm_id!: string;
}

@Controller('v1/withdrawals')
export class RequestWithdrawalController {
  constructor(
    private readonly requests: Requests<GatewayRows>,
    private readonly watch: OrderWatch,
    private readonly limits: WithdrawalLimits,
  ) {}

  @Documented({
    summary: 'Get cash from a machine',
    description:
      'The money is set apart, the machine is told once, and what came out is paid for; the rest is given back. When nobody knows what came out, it stays set apart until it is found out.',
    answers: {
      202: { description: 'Accepted', schema: withdrawalSchema },
      200: { description: 'With `Prefer: wait`: it has ended', schema: withdrawalSchema },
    },
    problems: [...requestProblems, 'atm-not-found', 'currency-mismatch', 'amount-not-payable', 'limit-exceeded'],
    idempotencyKey: 'required',
    preferWait: true,
  })
  @Post()
  async request(@Body() { account, amount, atm_id: atmId }: WithdrawalBody, @Req() request: HttpRequest): Promise<Answer> {
    const waitSeconds = waitSecondsOf(request.headers['prefer']) ?? 0;
    const order = { client: clientOf(request), account, amount: moneyOf(amount), atmId, limits: this.limits };
    const accepted = await this.requests.run(request, requestWithdrawal, order);
    return this.watch.orderAtTheEnd(accepted, waitSeconds);
  }
}

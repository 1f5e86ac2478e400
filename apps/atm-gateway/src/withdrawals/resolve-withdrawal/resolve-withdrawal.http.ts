import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { field, IsOptionalMoney, IsReason, MoneyDto, moneyOf } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { ResourceId } from '@falconpay/http/resource-id';
import { clientOf, requestProblems, Requests } from '@falconpay/service/requests';
import type { GatewayRows } from '../../gateway-rows.js';
import { withdrawalSchema } from '../withdrawal-schema.js';
import { resolveWithdrawal } from './resolve-withdrawal.js';

const outcomes = ['dispensed', 'not_dispensed'];

const IsOutcome = field({
  name: 'isOutcome',
  message: `must be one of ${outcomes.join(', ')}`,
  schema: { enum: outcomes },
  test: (value) => outcomes.includes(value as string),
});

export class ResolutionBody {
  @IsOutcome()
  outcome!: 'dispensed' | 'not_dispensed';

  @IsOptionalMoney()
  dispensed?: MoneyDto;

  @IsReason()
  reason!: string;
}

@Controller('v1/withdrawals')
export class ResolveWithdrawalController {
  constructor(private readonly requests: Requests<GatewayRows>) {}

  @Documented({
    summary: 'Settle a withdrawal that nobody could find out about',
    description: 'For operators. What they say is kept as evidence, with the reason; the money is captured or given back by it.',
    answers: { 200: { description: 'Settled', schema: withdrawalSchema } },
    problems: [...requestProblems, 'withdrawal-not-found', 'conflict', 'unprocessable-request'],
    idempotencyKey: 'required',
  })
  @Post(':id/resolution')
  @HttpCode(200)
  resolve(
    @Param('id', new ResourceId('wdr', 'withdrawal-not-found')) id: string,
    @Body() { outcome, dispensed, reason }: ResolutionBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    const paid = dispensed && moneyOf(dispensed);
    const resolution = { id, hasLeft: outcome === 'dispensed', paid, reason, operator: clientOf(request) };
    return this.requests.run(request, resolveWithdrawal, resolution);
  }
}

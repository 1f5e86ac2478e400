import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { field, IsReason } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { ResourceId } from '@falconpay/http/resource-id';
import { clientOf, requestProblems, Requests } from '@falconpay/service/requests';
import type { GatewayRows } from '../../gateway-rows.js';
import { payoutSchema } from '../payout-schema.js';
import { resolvePayout } from './resolve-payout.js';

const outcomes = ['paid', 'not_paid'];

const IsPayoutOutcome = field({
  name: 'isPayoutOutcome',
  message: `must be one of ${outcomes.join(', ')}`,
  schema: { enum: outcomes },
  test: (value) => outcomes.includes(value as string),
});

export class PayoutResolutionBody {
  @IsPayoutOutcome()
  outcome!: 'paid' | 'not_paid';

  @IsReason()
  reason!: string;
}

@Controller('v1/payouts')
export class ResolvePayoutController {
  constructor(private readonly requests: Requests<GatewayRows>) {}

  @Documented({
    summary: 'Settle a payout that nobody could find out about',
    description: 'For operators. What they say is kept as evidence, with the reason; the money is captured or given back by it.',
    answers: { 200: { description: 'Settled', schema: payoutSchema } },
    problems: [...requestProblems, 'payout-not-found', 'conflict', 'unprocessable-request'],
    idempotencyKey: 'required',
  })
  @Post(':id/resolution')
  @HttpCode(200)
  resolve(
    @Param('id', new ResourceId('pyo', 'payout-not-found')) id: string,
    @Body() { outcome, reason }: PayoutResolutionBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    const resolution = { id, hasLeft: outcome === 'paid', paid: undefined, reason, operator: clientOf(request) };
    return this.requests.run(request, resolvePayout, resolution);
  }
}

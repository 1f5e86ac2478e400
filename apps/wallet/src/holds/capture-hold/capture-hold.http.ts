import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { DataSource } from 'typeorm';
import type { Answer } from '@falconpay/http/answer';
import { IsAccountReference, IsOptionalMoney, MoneyDto, moneyOf } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { ResourceId } from '@falconpay/http/resource-id';
import { requestProblems, Requests } from '@falconpay/service/requests';
import type { WalletRows } from '../../wallet-rows.js';
import { holdSchema } from '../hold-view.js';
import { readHold } from '../read-hold.js';
import { captureHold } from './capture-hold.js';

export class CaptureBody {
  @IsOptionalMoney()
  amount?: MoneyDto;

  @IsOptional()
  @IsAccountReference()
  to?: string;
}

@Controller('v1/holds')
export class CaptureHoldController {
  constructor(
    private readonly requests: Requests<WalletRows>,
    private readonly source: DataSource,
  ) {}

  @Documented({
    summary: 'Take what was set apart',
    description:
      'All of it, or `amount`: the rest is given back at the same moment. It goes to the account `to`, or to the bank’s clearing. A hold ends once: what has been released or has expired cannot be taken any more.',
    answers: { 200: { description: 'Captured', schema: holdSchema } },
    problems: [
      ...requestProblems,
      ...(['hold-not-found', 'account-not-found', 'account-frozen', 'same-account'] as const),
      ...(['currency-mismatch', 'limit-exceeded', 'unprocessable-request', 'conflict'] as const),
    ],
    idempotencyKey: 'required',
  })
  @Post(':id/capture')
  @HttpCode(200)
  async capture(
    @Param('id', new ResourceId('hold', 'hold-not-found')) id: string,
    @Body() { amount, to }: CaptureBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    const { accountId } = await readHold(this.source, id);
    return this.requests.run(request, captureHold, { id, account: accountId, amount: amount && moneyOf(amount), to });
  }
}

import { Body, Controller, Param, Post, Req } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import type { Answer } from '@falconpay/http/answer';
import { IsOptionalMoney, IsReason, moneyOf, type MoneyDto } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import { waitSecondsOf } from '@falconpay/http/prefer-wait';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { ResourceId } from '@falconpay/http/resource-id';
import { clientOf, requestProblems, Requests } from '@falconpay/service/requests';
import type { PaymentRows } from '../../payment-rows.js';
import { transferSchema } from '../transfer-schema.js';
import { TransferWatch } from '../transfer-watch.js';
import { createRefund } from './create-refund.js';

export class RefundBody {
  /** All that is left of the transfer, when it is not given. */
  @IsOptionalMoney()
  amount?: MoneyDto;

  @IsOptional()
  @IsReason()
  reason?: string;
}

@Controller('v1/transfers')
export class CreateRefundController {
  constructor(
    private readonly requests: Requests<PaymentRows>,
    private readonly watch: TransferWatch,
  ) {}

  @Documented({
    summary: 'Give money of a transfer back',
    description:
      'A refund is a transfer the other way round, and is followed as one. It reserves its part of the transfer at once; when it fails, because the receiver has not that much any more, the part is free again.',
    answers: {
      202: { description: 'Accepted', schema: transferSchema },
      200: { description: 'With `Prefer: wait`: it has ended', schema: transferSchema },
    },
    problems: [...requestProblems, 'transfer-not-found', 'conflict', 'not-refundable', 'currency-mismatch', 'refund-exceeds-payment'],
    idempotencyKey: 'required',
    preferWait: true,
  })
  @Post(':id/refunds')
  async refund(
    @Param('id', new ResourceId('pay', 'transfer-not-found')) transferId: string,
    @Body() { amount, reason }: RefundBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    const waitSeconds = waitSecondsOf(request.headers['prefer']) ?? 0;
    const message = { client: clientOf(request), transferId, amount: amount && moneyOf(amount), reason };
    return this.watch.answerAtTheEnd(await this.requests.run(request, createRefund, message), waitSeconds);
  }
}

import { Body, Controller, Post, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { Documented } from '@falconpay/http/endpoint-docs';
import { waitSecondsOf } from '@falconpay/http/prefer-wait';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { validationProblem } from '@falconpay/http/validate-body';
import { clientOf, requestProblems, Requests } from '@falconpay/service/requests';
import type { PaymentRows } from '../../payment-rows.js';
import { isFieldError, orderOf, TransferBody } from '../transfer-body.js';
import { transferSchema } from '../transfer-schema.js';
import { TransferWatch } from '../transfer-watch.js';
import { createTransfer } from './create-transfer.js';

@Controller('v1/transfers')
export class CreateTransferController {
  constructor(
    private readonly requests: Requests<PaymentRows>,
    private readonly watch: TransferWatch,
  ) {}

  @Documented({
    summary: 'Move money between two accounts',
    description: 'Answered when the transfer is accepted for good; whether the money moves is decided by the wallet a moment later.',
    answers: {
      202: { description: 'Accepted', schema: transferSchema },
      200: { description: 'With `Prefer: wait`: it has ended', schema: transferSchema },
    },
    problems: [...requestProblems, 'duplicate-reference'],
    idempotencyKey: 'required',
    preferWait: true,
  })
  @Post()
  async create(@Body() body: TransferBody, @Req() request: HttpRequest): Promise<Answer> {
    const waitSeconds = waitSecondsOf(request.headers['prefer']) ?? 0;
    const order = orderOf(body);
    if (isFieldError(order)) throw validationProblem([order], 'The body is not valid');
    return this.watch.answerAtTheEnd(await this.requests.run(request, createTransfer, { client: clientOf(request), order }), waitSeconds);
  }
}

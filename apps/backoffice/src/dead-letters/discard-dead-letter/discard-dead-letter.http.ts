import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { IsReason } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { ResourceId } from '@falconpay/http/resource-id';
import { requestProblems, Requests } from '@falconpay/service/requests';
import type { BackofficeRows } from '../../backoffice-rows.js';
import { operatorOf } from '../../operator.js';
import { letterSchema } from '../dead-letter-view.js';
import { discardDeadLetter } from './discard-dead-letter.js';

export class DiscardDeadLetterBody {
  @IsReason()
  reason!: string;
}

@Controller('v1/dead-letters')
export class DiscardDeadLetterController {
  constructor(private readonly requests: Requests<BackofficeRows>) {}

  @Documented({
    summary: 'Discard a dead letter',
    description: 'Its event is never taken in. What waits behind it at its consumer goes on.',
    answers: { 200: { description: 'Discarded', schema: letterSchema } },
    problems: [...requestProblems, 'dead-letter-not-found', 'conflict'],
    idempotencyKey: 'optional',
  })
  @Post(':id/discard')
  @HttpCode(200)
  discard(
    @Param('id', new ResourceId('dlt', 'dead-letter-not-found')) id: string,
    @Body() { reason }: DiscardDeadLetterBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return this.requests.run(request, discardDeadLetter, { id, reason, who: operatorOf(request) }, 'optional');
  }
}

import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { IsReason } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { ResourceId } from '@falconpay/http/resource-id';
import { clientOf, requestProblems, Requests } from '@falconpay/service/requests';
import type { BackofficeRows } from '../../backoffice-rows.js';
import { letterSchema } from '../dead-letter-view.js';
import { archiveDeadLetter } from './archive-dead-letter.js';

export class ArchiveDeadLetterBody {
  @IsReason()
  reason!: string;
}

@Controller('v1/dead-letters')
export class ArchiveDeadLetterController {
  constructor(private readonly requests: Requests<BackofficeRows>) {}

  @Documented({
    summary: 'Put a dead letter away',
    description: 'Nothing is sent: what waits behind it at its consumer goes on waiting. To let that go on, discard it.',
    answers: { 200: { description: 'Archived', schema: letterSchema } },
    problems: [...requestProblems, 'dead-letter-not-found', 'conflict'],
    idempotencyKey: 'optional',
  })
  @Post(':id/archive')
  @HttpCode(200)
  archive(
    @Param('id', new ResourceId('dlt', 'dead-letter-not-found')) id: string,
    @Body() { reason }: ArchiveDeadLetterBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return this.requests.run(request, archiveDeadLetter, { id, reason, who: clientOf(request) }, 'optional');
  }
}

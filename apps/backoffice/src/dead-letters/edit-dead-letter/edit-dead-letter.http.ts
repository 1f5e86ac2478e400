import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { Answer } from '@falconpay/http/answer';
import { field, IsReason } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import { BULK_BODY_LIMIT } from '@falconpay/http/fastify-server';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { ResourceId } from '@falconpay/http/resource-id';
import { requestProblems, Requests } from '@falconpay/service/requests';
import type { BackofficeRows } from '../../backoffice-rows.js';
import { operatorOf } from '../../operator.js';
import { letterSchema } from '../dead-letter-view.js';
import { editDeadLetter } from './edit-dead-letter.js';

const IsEventData = field({
  name: 'isEventData',
  message: 'must be a JSON object',
  schema: { type: 'object' },
  test: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
});

export class EditDeadLetterBody {
  @IsEventData()
  data!: object;

  @IsReason()
  reason!: string;
}

@Controller('v1/dead-letters')
export class EditDeadLetterController {
  constructor(private readonly requests: Requests<BackofficeRows>) {}

  @Documented({
    summary: 'Say what is to be delivered in its place',
    description:
      'Checked against the contract of its topic. A replay then delivers it as a new event that names the old one; the record stays as it came.',
    answers: { 200: { description: 'Edited; replay it to deliver it', schema: letterSchema } },
    problems: [...requestProblems, 'dead-letter-not-found', 'conflict', 'unprocessable-request'],
    idempotencyKey: 'optional',
  })
  @Post(':id/edit')
  @HttpCode(200)
  @RouteConfig({ bodyLimit: BULK_BODY_LIMIT })
  edit(
    @Param('id', new ResourceId('dlt', 'dead-letter-not-found')) id: string,
    @Body() { data, reason }: EditDeadLetterBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return this.requests.run(request, editDeadLetter, { id, data, reason, who: operatorOf(request) }, 'optional');
  }
}

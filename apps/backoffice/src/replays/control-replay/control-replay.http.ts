import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { IsReason } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { ResourceId } from '@falconpay/http/resource-id';
import { requestProblems, Requests } from '@falconpay/service/requests';
import type { BackofficeRows } from '../../backoffice-rows.js';
import { operatorOf } from '../../operator.js';
import { controlReplay, type ControlReplay } from './control-replay.js';

export class OrderBody {
  @IsReason()
  reason!: string;
}

const id = new ResourceId('rpl', 'replay-not-found');
const documentation = {
  answers: {
    200: { description: 'As it is now', schema: { type: 'object', properties: { id: { type: 'string' }, status: { type: 'string' } } } },
  },
  problems: [...requestProblems, 'replay-not-found' as const, 'conflict' as const],
  idempotencyKey: 'optional' as const,
};

@Controller('v1/replays')
export class ControlReplayController {
  constructor(private readonly requests: Requests<BackofficeRows>) {}

  @Documented({ summary: 'Start a draft, or go on with what was paused or stopped', ...documentation })
  @Post(':id/start')
  @HttpCode(200)
  start(@Param('id', id) replay: string, @Body() { reason }: OrderBody, @Req() request: HttpRequest): Promise<Answer> {
    return this.order(request, { id: replay, order: 'start', reason });
  }

  @Documented({ summary: 'Send no more of it for now', ...documentation })
  @Post(':id/pause')
  @HttpCode(200)
  pause(@Param('id', id) replay: string, @Body() { reason }: OrderBody, @Req() request: HttpRequest): Promise<Answer> {
    return this.order(request, { id: replay, order: 'pause', reason });
  }

  @Documented({ summary: 'Give it up: what was not sent stays as it is', ...documentation })
  @Post(':id/abort')
  @HttpCode(200)
  abort(@Param('id', id) replay: string, @Body() { reason }: OrderBody, @Req() request: HttpRequest): Promise<Answer> {
    return this.order(request, { id: replay, order: 'abort', reason });
  }

  private order(request: HttpRequest, order: Omit<ControlReplay, 'who'>): Promise<Answer> {
    return this.requests.run(request, controlReplay, { ...order, who: operatorOf(request) }, 'optional');
  }
}

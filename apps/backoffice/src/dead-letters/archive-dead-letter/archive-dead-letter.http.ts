import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Answer } from '@falconpay/http/answer';
import { IsReason } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import { Problem } from '@falconpay/http/problem';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { ResourceId } from '@falconpay/http/resource-id';
import { requestProblems, Requests } from '@falconpay/service/requests';
import type { BackofficeRows } from '../../backoffice-rows.js';
import { operatorOf } from '../../operator.js';
import { InboxLookups } from '../../replays/inbox-lookups.http.js';
import { letterSchema } from '../dead-letter-view.js';
import { readDeadLetter } from '../read-dead-letters.js';
import { archiveDeadLetter } from './archive-dead-letter.js';

export class ArchiveDeadLetterBody {
  @IsReason()
  reason!: string;
}

@Controller('v1/dead-letters')
export class ArchiveDeadLetterController {
  constructor(
    private readonly source: DataSource,
    private readonly inboxes: InboxLookups,
    private readonly requests: Requests<BackofficeRows>,
  ) {}

  @Documented({
    summary: 'Put a dead letter away',
    description:
      'Only when its consumer no longer waits for it: nothing could let its key go on afterwards. Until then, replay or discard it.',
    answers: { 200: { description: 'Archived', schema: letterSchema } },
    problems: [...requestProblems, 'dead-letter-not-found', 'conflict', 'service-unavailable'],
    idempotencyKey: 'optional',
  })
  @Post(':id/archive')
  @HttpCode(200)
  async archive(
    @Param('id', new ResourceId('dlt', 'dead-letter-not-found')) id: string,
    @Body() { reason }: ArchiveDeadLetterBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    const { group, topic, eventId, key } = await readDeadLetter(this.source, id);
    const answer = await this.inboxes.ask(group, [{ id: eventId, topic, key }]).catch(() => undefined);
    if (!answer) throw new Problem('service-unavailable', `The service of ${group} cannot be asked whether it still waits for ${id}.`);
    if (answer.events.get(eventId)?.state === 'blocked')
      throw new Problem('conflict', `Its key is blocked until something is done about dead letter ${id}: replay or discard it.`);
    return this.requests.run(request, archiveDeadLetter, { id, reason, who: operatorOf(request) }, 'optional');
  }
}

import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { IsOptional } from 'class-validator';
import { DataSource } from 'typeorm';
import type { Answer } from '@falconpay/http/answer';
import { field, IsNested, IsReason } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import { BULK_BODY_LIMIT } from '@falconpay/http/fastify-server';
import { Problem } from '@falconpay/http/problem';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { isResourceId } from '@falconpay/http/resource-id';
import { requestProblems, Requests } from '@falconpay/service/requests';
import type { BackofficeRows } from '../../backoffice-rows.js';
import { operatorOf } from '../../operator.js';
import { deliveredId, type DeadLetter } from '../../dead-letters/dead-letter.js';
import { WithFilters, type Filters } from '../../dead-letters/dead-letter-body.js';
import { portionsOf } from '../../dead-letters/portions.js';
import { readWholeLetters, selectLetters } from '../../dead-letters/read-dead-letters.js';
import { readTimelines } from '../../timelines/read-timelines.js';
import { askAboutLetters } from '../ask-about-letters.js';
import { InboxLookups } from '../inbox-lookups.http.js';
import { laneOf } from '../replay-item.js';
import { replaySchema } from '../replay-view.js';
import { laterEvents, verdictOn } from '../verdict.js';
import { createReplay, type JudgedLetter } from './create-replay.js';

const lettersMax = 5_000;

const IsIds = field({
  name: 'isLetterIds',
  message: `must be a list of 1 to ${lettersMax} ids of dead letters`,
  schema: { type: 'array', minItems: 1, maxItems: lettersMax, items: { type: 'string' } },
  test: (value) => Array.isArray(value) && value.length > 0 && value.length <= lettersMax && value.every((id) => isResourceId('dlt', id)),
});
const IsFlag = field({
  name: 'isFlag',
  message: 'must be true or false',
  schema: { type: 'boolean' },
  test: (value) => typeof value === 'boolean',
});
const upTo = (name: string, least: number, most: number) =>
  field({
    name,
    message: `must be a whole number from ${least} to ${most}`,
    schema: { type: 'integer', minimum: least, maximum: most },
    test: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
  });
const IsRate = upTo('isReplayRate', 1, 1_000);
const IsCanary = upTo('isCanary', 0, 100);

@WithFilters()
export class SelectionDto {
  @IsOptional()
  @IsIds()
  ids?: string[];
}

export class ReplayBody {
  @IsNested(() => SelectionDto)
  select!: SelectionDto;

  @IsOptional()
  @IsFlag()
  dry_run?: boolean;

  @IsOptional()
  @IsReason()
  reason?: string;

  @IsOptional()
  @IsRate()
  per_second?: number;

  @IsOptional()
  @IsCanary()
  canary?: number;
}

@Controller('v1/replays')
export class CreateReplayController {
  constructor(
    private readonly source: DataSource,
    private readonly inboxes: InboxLookups,
    private readonly requests: Requests<BackofficeRows>,
  ) {}

  @Documented({
    summary: 'Send dead letters again, or see what would come of it',
    description:
      'A dry run unless `dry_run` is false: what is selected now is written down with what is foreseen for each, and can be started as it stands. ' +
      'Without `status` and `ids` only what waits is selected. First `canary` letters (3) are sent and must come through, then the rest, ' +
      '`per_second` (50) at most, each key’s in order. It stops at the first new kind of failure.',
    answers: { 200: { description: 'A dry run', schema: replaySchema }, 202: { description: 'Under way', schema: replaySchema } },
    problems: [...requestProblems, 'unprocessable-request'],
    idempotencyKey: 'optional',
  })
  @Post()
  @HttpCode(202)
  @RouteConfig({ bodyLimit: BULK_BODY_LIMIT })
  async create(@Body() body: ReplayBody, @Req() request: HttpRequest): Promise<Answer> {
    const { select, dry_run: dryRun = true, reason, per_second: perSecond = 50, canary = 3 } = body;
    if (!dryRun && reason === undefined) throw new Problem('unprocessable-request', 'To send them takes a reason.');
    const filters: Filters & SelectionDto = { ...select };
    if (Object.values(filters).every((value) => value === undefined))
      throw new Problem('unprocessable-request', 'Say which dead letters are meant: all there are is not a selection.');
    const selection = filters.ids === undefined && filters.status === undefined ? { ...filters, status: 'waiting' } : filters;
    const selected = await selectLetters(this.source, selection, lettersMax + 1);
    if (selected.length > lettersMax)
      throw new Problem(
        'unprocessable-request',
        `More than ${lettersMax} dead letters are selected: narrow it down, by \`until\` for one.`,
      );
    const letters: JudgedLetter[] = [];
    for (const ids of portionsOf(selected)) letters.push(...(await this.judged(await readWholeLetters(this.source, ids))));
    const asked = { who: operatorOf(request), dryRun, selection: JSON.stringify(selection), reason, perSecond, canary };
    return this.requests.run(request, createReplay, { ...asked, letters }, 'optional');
  }

  private async judged(letters: readonly DeadLetter[]): Promise<JudgedLetter[]> {
    const timelines = await readTimelines(this.source, [...new Set(letters.map(({ sagaId }) => sagaId))]);
    const eventsOf = ({ sagaId }: DeadLetter) => timelines.get(sagaId) ?? [];
    const answers = await askAboutLetters(this.inboxes, letters, (letter) => laterEvents(letter, eventsOf(letter)));
    return letters.map((letter) => ({
      letterId: letter.id,
      eventId: deliveredId(letter),
      lane: laneOf(letter),
      verdict: verdictOn(letter, answers.get(letter.group), eventsOf(letter)),
    }));
  }
}

import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { Desk } from '../desk/partner-desk.js';
import { deliver } from './deliver.http.js';
import { cashOutSchema, commandProblems, recordSchema, reversalSchema } from './protocol-schema.js';
import { CashOutBody, PathId, RecordQuery, ReversalBody } from './protocol-body.js';

@Controller('v1/institutions')
export class InstitutionController {
  constructor(private readonly desk: Desk) {}

  @Documented({
    summary: 'Cash out a card’s balance',
    description: 'The same id again is answered with what was done the first time. Of the card nothing is kept.',
    answers: { 200: { description: 'What was done', schema: cashOutSchema } },
    problems: commandProblems,
  })
  @Post(':id/cashouts')
  @HttpCode(200)
  cashOut(
    @Param('id', new PathId()) id: string,
    @Body() { cashout_id, amount }: CashOutBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return deliver(request, this.desk.command(this.desk.partner('institutions', id), cashout_id, amount));
  }

  @Documented({
    summary: 'Take a cash-out back',
    description: 'All three outcomes acknowledge it: a cash-out that comes after its reversal is declined.',
    answers: { 200: { description: 'Acknowledged', schema: reversalSchema } },
    problems: commandProblems,
  })
  @Post(':id/reversals')
  @HttpCode(200)
  reverse(
    @Param('id', new PathId()) id: string,
    @Body() { reversal_id, cashout_id, amount }: ReversalBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return deliver(request, this.desk.reverse(this.desk.partner('institutions', id), cashout_id, reversal_id, amount));
  }

  @Documented({
    summary: 'What became of it',
    answers: { 200: { description: 'As far as the institution knows', schema: cashOutSchema } },
    problems: ['not-found'],
  })
  @Get(':id/cashouts/:cashout_id')
  inquire(
    @Param('id', new PathId()) id: string,
    @Param('cashout_id', new PathId()) cashOutId: string,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return deliver(request, this.desk.inquire(this.desk.partner('institutions', id), cashOutId));
  }

  @Documented({
    summary: 'The settlement file',
    description: 'JSON lines and a closing one, of a day by the institution’s clock or of all days; faults included.',
    answers: { 200: { description: 'JSON lines', schema: recordSchema } },
    problems: ['validation-failed', 'not-found'],
  })
  @Get(':id/settlement')
  settlement(@Param('id', new PathId()) id: string, @Query() { date }: RecordQuery, @Req() request: HttpRequest): Promise<Answer> {
    return deliver(request, this.desk.record(this.desk.partner('institutions', id), date));
  }

  @Documented({
    summary: 'What the institution really did',
    description: 'All of its record as it is, also while its network is down.',
    answers: { 200: { description: 'JSON lines', schema: recordSchema } },
    problems: ['not-found'],
  })
  @Get(':id/journal')
  journal(@Param('id', new PathId()) id: string, @Req() request: HttpRequest): Promise<Answer> {
    return deliver(request, this.desk.wholeRecord(this.desk.partner('institutions', id)));
  }
}

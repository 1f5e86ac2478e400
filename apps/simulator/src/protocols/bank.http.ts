import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { Desk } from '../desk/partner-desk.js';
import { deliver } from './deliver.http.js';
import { commandProblems, creditSchema, recordSchema } from './protocol-schema.js';
import { CreditBody, PathId, RecordQuery } from './protocol-body.js';

@Controller('v1/banks')
export class BankController {
  constructor(private readonly desk: Desk) {}

  @Documented({
    summary: 'Credit an account at this bank',
    description: 'The same id again is answered with what was done the first time.',
    answers: { 200: { description: 'What was done', schema: creditSchema } },
    problems: commandProblems,
  })
  @Post(':id/credits')
  @HttpCode(200)
  credit(@Param('id', new PathId()) id: string, @Body() { credit_id, amount }: CreditBody, @Req() request: HttpRequest): Promise<Answer> {
    return deliver(request, this.desk.command(this.desk.partner('banks', id), credit_id, amount));
  }

  @Documented({
    summary: 'Never do this, unless it was done already',
    answers: { 200: { description: 'Tombstoned, or what was done', schema: creditSchema } },
    problems: ['not-found'],
  })
  @Post(':id/credits/:credit_id/cancel')
  @HttpCode(200)
  cancel(
    @Param('id', new PathId()) id: string,
    @Param('credit_id', new PathId()) creditId: string,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return deliver(request, this.desk.cancel(this.desk.partner('banks', id), creditId));
  }

  @Documented({
    summary: 'What became of it',
    answers: { 200: { description: 'As far as the bank knows', schema: creditSchema } },
    problems: ['not-found'],
  })
  @Get(':id/credits/:credit_id')
  inquire(
    @Param('id', new PathId()) id: string,
    @Param('credit_id', new PathId()) creditId: string,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return deliver(request, this.desk.inquire(this.desk.partner('banks', id), creditId));
  }

  @Documented({
    summary: 'The bank’s statement',
    description: 'JSON lines and a closing one, of a day by the bank’s clock or of all days; faults included.',
    answers: { 200: { description: 'JSON lines', schema: recordSchema } },
    problems: ['validation-failed', 'not-found'],
  })
  @Get(':id/statement')
  statement(@Param('id', new PathId()) id: string, @Query() { date }: RecordQuery, @Req() request: HttpRequest): Promise<Answer> {
    return deliver(request, this.desk.record(this.desk.partner('banks', id), date));
  }

  @Documented({
    summary: 'What the bank really did',
    description: 'All of its record as it is, also while its network is down.',
    answers: { 200: { description: 'JSON lines', schema: recordSchema } },
    problems: ['not-found'],
  })
  @Get(':id/journal')
  journal(@Param('id', new PathId()) id: string, @Req() request: HttpRequest): Promise<Answer> {
    return deliver(request, this.desk.wholeRecord(this.desk.partner('banks', id)));
  }
}

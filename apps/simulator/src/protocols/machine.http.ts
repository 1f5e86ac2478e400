import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { Answer } from '@falconpay/http/answer';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { Desk } from '../desk/partner-desk.js';
import { deliver } from './deliver.http.js';
import { commandProblems, dispenseSchema, recordSchema } from './protocol-schema.js';
import { DispenseBody, PathId, RecordQuery } from './protocol-body.js';

@Controller('v1/atms')
export class MachineController {
  constructor(private readonly desk: Desk) {}

  @Documented({
    summary: 'Pay out cash',
    description: 'The same id again is answered with what was done the first time.',
    answers: { 200: { description: 'What was done', schema: dispenseSchema } },
    problems: commandProblems,
  })
  @Post(':id/dispenses')
  @HttpCode(200)
  dispense(
    @Param('id', new PathId()) id: string,
    @Body() { dispense_id, amount }: DispenseBody,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return deliver(request, this.desk.command(this.desk.partner('atms', id), dispense_id, amount));
  }

  @Documented({
    summary: 'Never pay this out, unless it was paid out already',
    answers: { 200: { description: 'Tombstoned, or what was done', schema: dispenseSchema } },
    problems: ['not-found'],
  })
  @Post(':id/dispenses/:dispense_id/cancel')
  @HttpCode(200)
  cancel(
    @Param('id', new PathId()) id: string,
    @Param('dispense_id', new PathId()) dispenseId: string,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return deliver(request, this.desk.cancel(this.desk.partner('atms', id), dispenseId));
  }

  @Documented({
    summary: 'What became of it',
    answers: { 200: { description: 'As far as the machine knows', schema: dispenseSchema } },
    problems: ['not-found'],
  })
  @Get(':id/dispenses/:dispense_id')
  inquire(
    @Param('id', new PathId()) id: string,
    @Param('dispense_id', new PathId()) dispenseId: string,
    @Req() request: HttpRequest,
  ): Promise<Answer> {
    return deliver(request, this.desk.inquire(this.desk.partner('atms', id), dispenseId));
  }

  @Documented({
    summary: 'The machine’s journal',
    description: 'JSON lines and a closing one. Of a day by the machine’s clock, faults included; without a date all of it, and as it is.',
    answers: { 200: { description: 'JSON lines', schema: recordSchema } },
    problems: ['validation-failed', 'not-found'],
  })
  @Get(':id/journal')
  journal(@Param('id', new PathId()) id: string, @Query() { date }: RecordQuery, @Req() request: HttpRequest): Promise<Answer> {
    const machine = this.desk.partner('atms', id);
    return deliver(request, date === undefined ? this.desk.wholeRecord(machine) : this.desk.record(machine, date));
  }
}

import { Controller, Get, Query, Req } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { DataSource } from 'typeorm';
import { field } from '@falconpay/http/body-fields';
import { Cursors, pageLimitOf, type Page } from '@falconpay/http/cursor';
import { Documented, pageSchema } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { read } from '@falconpay/postgres/transaction';
import { clientOf } from '@falconpay/service/requests';
import { breakOf, type BreakRecord } from '../break.table.js';
import { OfPartnerQuery } from '../reconciliation-body.js';
import { breakClasses, breakSchema } from '../record-schema.js';
import { breakView } from '../record-view.js';
import { breaksQuery } from './list-breaks.js';

const oneOf = (name: string, allowed: readonly string[]) =>
  field({
    name,
    message: `must be one of ${allowed.join(', ')}`,
    schema: { enum: allowed },
    test: (value) => allowed.includes(value as string),
  });
const IsBreakClass = oneOf('isBreakClass', breakClasses);
const IsBreakStatus = oneOf('isBreakStatus', ['OPEN', 'CLOSED']);

export class BreaksQuery extends OfPartnerQuery {
  @IsOptional()
  @IsBreakClass()
  class?: string;

  @IsOptional()
  @IsBreakStatus()
  status?: string;
}

@Controller('v1/breaks')
export class ListBreaksController {
  constructor(
    private readonly source: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Documented({
    summary: 'List what does not fit between partners’ records and our books, newest first',
    answers: { 200: { description: 'A page', schema: pageSchema(breakSchema) } },
    problems: ['validation-failed', 'invalid-cursor'],
  })
  @Get()
  async list(@Query() query: BreaksQuery, @Req() request: HttpRequest): Promise<Page<unknown>> {
    const { limit: _limit, cursor, ...filters } = query;
    const scope = { list: 'breaks', client: clientOf(request), filters };
    const limit = pageLimitOf(query);
    const below = cursor === undefined ? undefined : String(this.cursors.decode(cursor, scope)[0]);
    const { statement, values } = breaksQuery(filters, below, limit + 1);
    const page = this.cursors.page(await read<BreakRecord>(this.source, statement, values), limit, scope, ({ id }) => [id]);
    return { ...page, data: page.data.map((record) => breakView(breakOf(record))) };
  }
}

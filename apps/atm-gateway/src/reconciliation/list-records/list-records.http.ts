import { Controller, Get, Query, Req } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { DataSource } from 'typeorm';
import { Cursors, pageLimitOf, type Page } from '@falconpay/http/cursor';
import { Documented, pageSchema } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { read } from '@falconpay/postgres/transaction';
import { clientOf } from '@falconpay/service/requests';
import { IsDay, OfPartnerQuery } from '../reconciliation-body.js';
import { recordSchema } from '../record-schema.js';
import { recordView } from '../record-view.js';
import { recordOf, type TakenRecordRecord } from '../taken-record.table.js';
import { recordsQuery } from './list-records.js';

export class RecordsQuery extends OfPartnerQuery {
  @IsOptional()
  @IsDay()
  date?: string;
}

@Controller('v1/reconciliations')
export class ListRecordsController {
  constructor(
    private readonly source: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Documented({
    summary: 'List the days that were compared with partners’ records, newest first',
    answers: { 200: { description: 'A page', schema: pageSchema(recordSchema) } },
    problems: ['validation-failed', 'invalid-cursor'],
  })
  @Get()
  async list(@Query() query: RecordsQuery, @Req() request: HttpRequest): Promise<Page<unknown>> {
    const { limit: _limit, cursor, ...filters } = query;
    const scope = { list: 'reconciliations', client: clientOf(request), filters };
    const limit = pageLimitOf(query);
    const below = cursor === undefined ? undefined : String(this.cursors.decode(cursor, scope)[0]);
    const { statement, values } = recordsQuery(filters, below, limit + 1);
    const page = this.cursors.page(await read<TakenRecordRecord>(this.source, statement, values), limit, scope, ({ id }) => [id]);
    return { ...page, data: page.data.map((record) => recordView(recordOf(record))) };
  }
}

import { Controller, Get, Query, Req } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Cursors, PageQuery, type Page } from '@falconpay/http/cursor';
import { Documented, pageSchema } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { clientOf } from '@falconpay/service/requests';
import { pageOfPartners } from '../../outside/partner-list.js';
import { partnerSchema } from '../../outside/partner-view.js';

export class BanksQuery extends PageQuery {}

@Controller('v1/banks')
export class ListBanksController {
  constructor(
    private readonly source: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Documented({
    summary: 'List banks',
    description: 'By id.',
    answers: { 200: { description: 'A page', schema: pageSchema(partnerSchema) } },
    problems: ['validation-failed', 'invalid-cursor'],
  })
  @Get()
  list(@Query() query: BanksQuery, @Req() request: HttpRequest): Promise<Page<unknown>> {
    return pageOfPartners(this.source, this.cursors, 'bank', query, clientOf(request));
  }
}

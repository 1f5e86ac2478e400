import { Controller, Get, Query, Req } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { DataSource } from 'typeorm';
import { IsAccountReference } from '@falconpay/http/body-fields';
import { Cursors, PageQuery, type Page } from '@falconpay/http/cursor';
import { Documented, pageSchema } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { clientOf } from '@falconpay/service/requests';
import { IsStatusOf } from '../../orders/order-body.js';
import { pageOfOrders } from '../../orders/order-list.js';
import { IsPartnerId } from '../../outside/partner-body.js';
import { redemptionSchema } from '../redemption-schema.js';

export class RedemptionsQuery extends PageQuery {
  @IsOptional()
  @IsAccountReference()
  account?: string;

  @IsOptional()
  @IsPartnerId()
  institution?: string;

  @IsOptional()
  @IsStatusOf('redemption')
  status?: string;
}

@Controller('v1/redemptions')
export class ListRedemptionsController {
  constructor(
    private readonly source: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Documented({
    summary: 'List redemptions, newest first',
    description: '`account` matches the account as it was written in the redemption.',
    answers: { 200: { description: 'A page', schema: pageSchema(redemptionSchema) } },
    problems: ['validation-failed', 'invalid-cursor'],
  })
  @Get()
  list(@Query() query: RedemptionsQuery, @Req() request: HttpRequest): Promise<Page<unknown>> {
    const { account, institution: partner, status } = query;
    return pageOfOrders(this.source, this.cursors, 'redemption', query, { account, partner, status }, clientOf(request));
  }
}

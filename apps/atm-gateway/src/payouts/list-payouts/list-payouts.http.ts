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
import { payoutSchema } from '../payout-schema.js';

export class PayoutsQuery extends PageQuery {
  @IsOptional()
  @IsAccountReference()
  account?: string;

  @IsOptional()
  @IsPartnerId()
  bank?: string;

  @IsOptional()
  @IsStatusOf('payout')
  status?: string;
}

@Controller('v1/payouts')
export class ListPayoutsController {
  constructor(
    private readonly source: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Documented({
    summary: 'List payouts, newest first',
    description: '`account` matches the account as it was written in the payout.',
    answers: { 200: { description: 'A page', schema: pageSchema(payoutSchema) } },
    problems: ['validation-failed', 'invalid-cursor'],
  })
  @Get()
  list(@Query() query: PayoutsQuery, @Req() request: HttpRequest): Promise<Page<unknown>> {
    const { account, bank: partner, status } = query;
    return pageOfOrders(this.source, this.cursors, 'payout', query, { account, partner, status }, clientOf(request));
  }
}

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
import { withdrawalSchema } from '../withdrawal-schema.js';

export class WithdrawalsQuery extends PageQuery {
  @IsOptional()
  @IsAccountReference()
  account?: string;

  @IsOptional()
  @IsPartnerId()
  atm_id?: string;

  @IsOptional()
  @IsStatusOf('withdrawal')
  status?: string;
}

@Controller('v1/withdrawals')
export class ListWithdrawalsController {
  constructor(
    private readonly source: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Documented({
    summary: 'List withdrawals, newest first',
    description: '`account` matches the account as it was written in the withdrawal.',
    answers: { 200: { description: 'A page', schema: pageSchema(withdrawalSchema) } },
    problems: ['validation-failed', 'invalid-cursor'],
  })
  @Get()
  list(@Query() query: WithdrawalsQuery, @Req() request: HttpRequest): Promise<Page<unknown>> {
    const { account, atm_id: partner, status } = query;
    return pageOfOrders(this.source, this.cursors, 'withdrawal', query, { account, partner, status }, clientOf(request));
  }
}

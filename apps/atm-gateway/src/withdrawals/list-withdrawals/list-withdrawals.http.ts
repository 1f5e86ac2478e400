import { Controller, Get, Query, Req } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { DataSource } from 'typeorm';
import { field, IsAccountReference } from '@falconpay/http/body-fields';
import { Cursors, pageLimitOf, PageQuery, type Page } from '@falconpay/http/cursor';
import { Documented, pageSchema } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { read } from '@falconpay/postgres/transaction';
import { clientOf } from '@falconpay/service/requests';
import type { OrderRecord } from '../../orders/order.table.js';
import { IsPartnerId } from '../../outside/partner-body.js';
import { withDossiers } from '../read-withdrawals.js';
import { withdrawalSchema } from '../withdrawal-schema.js';
import { withdrawalStatuses, type WithdrawalStatus } from '../withdrawal-status.js';
import { withdrawalQuery, type WithdrawalFilter } from './list-withdrawals.js';

const IsWithdrawalStatus = field({
  name: 'isWithdrawalStatus',
  message: `must be one of ${withdrawalStatuses.join(', ')}`,
  schema: { enum: [...withdrawalStatuses] },
  test: (value) => withdrawalStatuses.includes(value as WithdrawalStatus),
});

export class WithdrawalsQuery extends PageQuery {
  @IsOptional()
  @IsAccountReference()
  account?: string;

  @IsOptional()
  @IsPartnerId()
  atm_id?: string;

  @IsOptional()
  @IsWithdrawalStatus()
  status?: WithdrawalStatus;
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
  async list(@Query() query: WithdrawalsQuery, @Req() request: HttpRequest): Promise<Page<unknown>> {
    const { limit: _limit, cursor, ...filters } = query;
    const scope = { list: 'withdrawals', client: clientOf(request), filters };
    const limit = pageLimitOf(query);
    const below = cursor === undefined ? undefined : String(this.cursors.decode(cursor, scope)[0]);
    const { statement, values } = withdrawalQuery(filters as WithdrawalFilter, below, limit + 1);
    const page = this.cursors.page(await read<OrderRecord>(this.source, statement, values), limit, scope, ({ id }) => [id]);
    return { ...page, data: await withDossiers(this.source, page.data) };
  }
}

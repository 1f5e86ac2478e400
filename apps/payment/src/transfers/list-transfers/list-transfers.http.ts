import { Controller, Get, Query, Req } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { DataSource } from 'typeorm';
import { field, IsAccountReference, IsReference } from '@falconpay/http/body-fields';
import { Cursors, pageLimitOf, PageQuery, type Page } from '@falconpay/http/cursor';
import { Documented, pageSchema } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { isResourceId } from '@falconpay/http/resource-id';
import { read } from '@falconpay/postgres/transaction';
import { clientOf } from '@falconpay/service/requests';
import { viewOf, type ReadTransfer } from '../read-transfers.js';
import { transferLifecycle, type TransferState } from '../transfer.lifecycle.js';
import { transferSchema } from '../transfer-schema.js';
import { transferQuery, type TransferFilter } from './list-transfers.js';

const { states } = transferLifecycle;

const IsTransferState = field({
  name: 'isTransferState',
  message: `must be one of ${states.join(', ')}`,
  schema: { enum: [...states] },
  test: (value) => states.includes(value as TransferState),
});

const IsTransferId = field({
  name: 'isTransferId',
  message: 'must be the id of a transfer',
  schema: { type: 'string', pattern: '^pay_[0-9a-hjkmnp-tv-z]{26}$' },
  test: (value) => isResourceId('pay', value),
});

export class TransfersQuery extends PageQuery {
  @IsOptional()
  @IsAccountReference()
  account?: string;

  @IsOptional()
  @IsTransferState()
  status?: TransferState;

  @IsOptional()
  @IsReference()
  reference?: string;

  @IsOptional()
  @IsTransferId()
  refund_of?: string;
}

@Controller('v1/transfers')
export class ListTransfersController {
  constructor(
    private readonly source: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Documented({
    summary: 'List transfers, newest first',
    description:
      '`account` matches the account as it was written in the transfer, payer or payee; `refund_of` finds the refunds of a transfer.',
    answers: { 200: { description: 'A page', schema: pageSchema(transferSchema) } },
    problems: ['validation-failed', 'invalid-cursor'],
  })
  @Get()
  async list(@Query() query: TransfersQuery, @Req() request: HttpRequest): Promise<Page<unknown>> {
    const { limit: _limit, cursor, ...filters } = query;
    const scope = { list: 'transfers', client: clientOf(request), filters };
    const limit = pageLimitOf(query);
    const below = cursor === undefined ? undefined : String(this.cursors.decode(cursor, scope)[0]);
    const { statement, values } = transferQuery(filters as TransferFilter, below, limit + 1);
    const records = await read<ReadTransfer>(this.source, statement, values);
    const page = this.cursors.page(records, limit, scope, ({ id }) => [id]);
    return { ...page, data: page.data.map(viewOf) };
  }
}

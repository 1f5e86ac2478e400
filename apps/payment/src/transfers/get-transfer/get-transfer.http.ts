import { Controller, Get, Param } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Documented } from '@falconpay/http/endpoint-docs';
import { Problem } from '@falconpay/http/problem';
import { ResourceId } from '@falconpay/http/resource-id';
import { read, type Statement } from '@falconpay/postgres/transaction';
import { viewOf, withRefunds, type ReadTransfer } from '../read-transfers.js';
import { transferSchema } from '../transfer-schema.js';

const find: Statement = { name: 'find transfer', text: withRefunds(`select * from transfers where id = $1`) };

@Controller('v1/transfers')
export class GetTransferController {
  constructor(private readonly source: DataSource) {}

  @Documented({
    summary: 'Follow a transfer',
    answers: { 200: { description: 'As it stands', schema: transferSchema } },
    problems: ['transfer-not-found'],
  })
  @Get(':id')
  async get(@Param('id', new ResourceId('pay', 'transfer-not-found')) id: string) {
    const [record] = await read<ReadTransfer>(this.source, find, [id]);
    if (!record) throw new Problem('transfer-not-found', `There is no transfer ${id}.`);
    return viewOf(record);
  }
}

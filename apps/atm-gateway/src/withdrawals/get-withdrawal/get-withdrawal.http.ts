import { Controller, Get, Param } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Documented } from '@falconpay/http/endpoint-docs';
import { ResourceId } from '@falconpay/http/resource-id';
import { readOrder } from '../../orders/read-orders.js';
import { withdrawalSchema } from '../withdrawal-schema.js';

@Controller('v1/withdrawals')
export class GetWithdrawalController {
  constructor(private readonly source: DataSource) {}

  @Documented({
    summary: 'Follow a withdrawal',
    answers: { 200: { description: 'As it stands, with the evidence', schema: withdrawalSchema } },
    problems: ['withdrawal-not-found'],
  })
  @Get(':id')
  get(@Param('id', new ResourceId('wdr', 'withdrawal-not-found')) id: string) {
    return readOrder(this.source, 'withdrawal', id);
  }
}

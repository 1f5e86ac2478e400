import { Controller, Get, Param } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Documented } from '@falconpay/http/endpoint-docs';
import { ResourceId } from '@falconpay/http/resource-id';
import { readOrder } from '../../orders/read-orders.js';
import { payoutSchema } from '../payout-schema.js';

@Controller('v1/payouts')
export class GetPayoutController {
  constructor(private readonly source: DataSource) {}

  @Documented({
    summary: 'Follow a payout',
    answers: { 200: { description: 'As it stands, with the evidence', schema: payoutSchema } },
    problems: ['payout-not-found'],
  })
  @Get(':id')
  get(@Param('id', new ResourceId('pyo', 'payout-not-found')) id: string) {
    return readOrder(this.source, 'payout', id);
  }
}

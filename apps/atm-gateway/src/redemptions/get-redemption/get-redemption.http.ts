import { Controller, Get, Param } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Documented } from '@falconpay/http/endpoint-docs';
import { ResourceId } from '@falconpay/http/resource-id';
import { readOrder } from '../../orders/read-orders.js';
import { redemptionSchema } from '../redemption-schema.js';

@Controller('v1/redemptions')
export class GetRedemptionController {
  constructor(private readonly source: DataSource) {}

  @Documented({
    summary: 'Follow a redemption',
    answers: { 200: { description: 'As it stands, with the evidence', schema: redemptionSchema } },
    problems: ['redemption-not-found'],
  })
  @Get(':id')
  get(@Param('id', new ResourceId('rdm', 'redemption-not-found')) id: string) {
    return readOrder(this.source, 'redemption', id);
  }
}

import { Controller, Get, Param } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Documented } from '@falconpay/http/endpoint-docs';
import { ResourceId } from '@falconpay/http/resource-id';
import { holdSchema, holdView } from '../hold-view.js';
import { readHold } from '../read-hold.js';

@Controller('v1/holds')
export class GetHoldController {
  constructor(private readonly source: DataSource) {}

  @Documented({
    summary: 'Look at a hold',
    answers: { 200: { description: 'As it stands', schema: holdSchema } },
    problems: ['hold-not-found'],
  })
  @Get(':id')
  async get(@Param('id', new ResourceId('hold', 'hold-not-found')) id: string) {
    return holdView(await readHold(this.source, id));
  }
}

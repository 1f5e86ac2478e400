import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Answer } from '@falconpay/http/answer';
import { Documented } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { ResourceId } from '@falconpay/http/resource-id';
import { requestProblems, Requests } from '@falconpay/service/requests';
import type { WalletRows } from '../../wallet-rows.js';
import { holdSchema } from '../hold-view.js';
import { readHold } from '../read-hold.js';
import { releaseHold } from './release-hold.js';

@Controller('v1/holds')
export class ReleaseHoldController {
  constructor(
    private readonly requests: Requests<WalletRows>,
    private readonly source: DataSource,
  ) {}

  @Documented({
    summary: 'Give back what was set apart',
    answers: { 200: { description: 'Released', schema: holdSchema } },
    problems: [...requestProblems, 'hold-not-found', 'conflict'],
    idempotencyKey: 'required',
  })
  @Post(':id/release')
  @HttpCode(200)
  async release(@Param('id', new ResourceId('hold', 'hold-not-found')) id: string, @Req() request: HttpRequest): Promise<Answer> {
    const { accountId } = await readHold(this.source, id);
    return this.requests.run(request, releaseHold, { id, account: accountId });
  }
}

import { Controller, Get, Param } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Documented } from '@falconpay/http/endpoint-docs';
import { AccountReference } from '@falconpay/http/resource-id';
import { readAccount } from '../../accounts/read-account.js';
import { accountLimitsSchema, accountLimitsView } from '../limits-view.js';

@Controller('v1/accounts')
export class GetAccountLimitsController {
  constructor(private readonly source: DataSource) {}

  @Documented({
    summary: 'What may leave an account, and what has',
    answers: { 200: { description: 'What is not there is not limited', schema: accountLimitsSchema } },
    problems: ['account-not-found'],
  })
  @Get(':account/limits')
  async get(@Param('account', new AccountReference()) key: string) {
    const { account, asOf } = await readAccount(this.source, key);
    return accountLimitsView(account, asOf);
  }
}

import { Controller, Get, Param } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Documented } from '@falconpay/http/endpoint-docs';
import { AccountReference } from '@falconpay/http/resource-id';
import { accountSchema } from '../account-schema.js';
import { accountView } from '../account-view.js';
import { readAccount } from '../read-account.js';

@Controller('v1/accounts')
export class GetAccountController {
  constructor(private readonly source: DataSource) {}

  @Documented({
    summary: 'Look at an account',
    answers: { 200: { description: 'As it stands', schema: accountSchema } },
    problems: ['account-not-found'],
  })
  @Get(':account')
  async get(@Param('account', new AccountReference()) key: string) {
    return accountView((await readAccount(this.source, key)).account);
  }
}

import { Controller, Get, Param } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Documented } from '@falconpay/http/endpoint-docs';
import { AccountReference } from '@falconpay/http/resource-id';
import { toWireInteger } from '@falconpay/money/money';
import { available } from '../account.js';
import { readAccount } from '../read-account.js';

const minorUnits = (description: string) => ({ type: 'integer', format: 'int64', description });

const balanceSchema = {
  type: 'object',
  properties: {
    account: { type: 'string' },
    currency: { type: 'string' },
    posted: minorUnits('The sum of all entries'),
    available: minorUnits('What can be spent now: posted − held − unreleased'),
    held: minorUnits('Set apart for holds'),
    unreleased: minorUnits('Credited, to be released later'),
    as_of: { type: 'string', format: 'date-time' },
  },
  required: ['account', 'currency', 'posted', 'available', 'held', 'unreleased', 'as_of'],
};

@Controller('v1/accounts')
export class GetBalanceController {
  constructor(private readonly source: DataSource) {}

  @Documented({
    summary: 'What an account has',
    answers: { 200: { description: 'Integers in minor units', schema: balanceSchema } },
    problems: ['account-not-found'],
  })
  @Get(':account/balance')
  async balance(@Param('account', new AccountReference()) key: string) {
    const { account, asOf } = await readAccount(this.source, key);
    return {
      account: account.id,
      currency: account.currency,
      posted: toWireInteger(account.posted),
      available: toWireInteger(available(account)),
      held: toWireInteger(account.held),
      unreleased: 0,
      as_of: asOf.toISOString(),
    };
  }
}

import { Controller, Get, Param, Query } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { DataSource } from 'typeorm';
import { IsInstant } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import { AccountReference } from '@falconpay/http/resource-id';
import { toWireTotal } from '@falconpay/money/money';
import { available } from '../account.js';
import { balanceOf } from './get-balance.js';

const minorUnits = (description: string) => ({
  type: ['integer', 'string'],
  format: 'int64',
  description: `${description}. A text of digits beyond ±(2^53−1), which only the bank’s own accounts can have`,
});

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

export class BalanceQuery {
  @IsOptional()
  @IsInstant()
  at?: string;
}

@Controller('v1/accounts')
export class GetBalanceController {
  constructor(private readonly source: DataSource) {}

  @Documented({
    summary: 'What an account has, or had',
    description:
      'With `at`, what it had at that instant: the sum of the entries up to it, the holds that stood, the deposits not yet released. The bank’s own accounts are named `sys_cash_USD`, `sys_clearing_USD`, `sys_fees_USD`, `sys_suspense_USD`, `sys_equity_USD`; theirs may be below zero.',
    answers: { 200: { description: 'Integers in minor units', schema: balanceSchema } },
    problems: ['account-not-found', 'validation-failed'],
  })
  @Get(':account/balance')
  async balance(@Param('account', new AccountReference()) key: string, @Query() { at }: BalanceQuery) {
    const balance = await balanceOf(this.source, key, at === undefined ? undefined : new Date(at));
    return {
      account: balance.account,
      currency: balance.currency,
      posted: toWireTotal(balance.posted),
      available: toWireTotal(available(balance)),
      held: toWireTotal(balance.held),
      unreleased: toWireTotal(balance.unreleased),
      as_of: balance.asOf.toISOString(),
    };
  }
}

import { Controller, Param, Put } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Documented } from '@falconpay/http/endpoint-docs';
import { Problem } from '@falconpay/http/problem';
import { PartnerId } from '../../outside/partner-body.js';
import { findPartner } from '../../outside/partner-list.js';
import { DayParameter } from '../../reconciliation/reconciliation-body.js';
import { recordSchema } from '../../reconciliation/record-schema.js';
import { Reconciler } from '../../reconciliation/reconciler.js';

@Controller('v1/banks')
export class ReconcileBankController {
  constructor(
    private readonly source: DataSource,
    private readonly reconciler: Reconciler,
  ) {}

  @Documented({
    summary: 'Compare a bank’s statement of a day with our books',
    description:
      'Also done every day by itself. What does not fit becomes a break and changes no money; what is not decided yet is decided by the statement where it tells. Asked again, nothing changes.',
    answers: { 200: { description: 'Compared, refused as a whole, or not to be had: see `status`', schema: recordSchema } },
    problems: ['validation-failed', 'bank-not-found'],
  })
  @Put(':id/reconciliations/:date')
  async reconcile(@Param('id', new PartnerId('bank-not-found')) id: string, @Param('date', new DayParameter()) date: string) {
    const bank = await findPartner(this.source, 'bank', id);
    if (!bank) throw new Problem('bank-not-found', `There is no bank ${id}.`);
    return this.reconciler.reconcile(bank, date);
  }
}

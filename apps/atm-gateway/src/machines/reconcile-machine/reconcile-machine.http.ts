import { Controller, Param, Put } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Documented } from '@falconpay/http/endpoint-docs';
import { Problem } from '@falconpay/http/problem';
import { PartnerId } from '../../outside/partner-body.js';
import { findPartner } from '../../outside/partner-list.js';
import { DayParameter } from '../../reconciliation/reconciliation-body.js';
import { recordSchema } from '../../reconciliation/record-schema.js';
import { Reconciler } from '../../reconciliation/reconciler.js';

@Controller('v1/atms')
export class ReconcileMachineController {
  constructor(
    private readonly source: DataSource,
    private readonly reconciler: Reconciler,
  ) {}

  @Documented({
    summary: 'Compare a machine’s journal of a day with our books',
    description:
      'Also done every day by itself. What does not fit becomes a break and changes no money; what is not decided yet is decided by the journal where it tells. Asked again, nothing changes.',
    answers: { 200: { description: 'Compared, refused as a whole, or not to be had: see `status`', schema: recordSchema } },
    problems: ['validation-failed', 'atm-not-found'],
  })
  @Put(':id/reconciliations/:date')
  async reconcile(@Param('id', new PartnerId('atm-not-found')) id: string, @Param('date', new DayParameter()) date: string) {
    const machine = await findPartner(this.source, 'machine', id);
    if (!machine) throw new Problem('atm-not-found', `There is no machine ${id}.`);
    return this.reconciler.reconcile(machine, date);
  }
}

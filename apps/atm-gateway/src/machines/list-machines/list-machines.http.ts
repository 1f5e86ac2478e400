import { Controller, Get, Query, Req } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Cursors, pageLimitOf, PageQuery } from '@falconpay/http/cursor';
import { Documented, pageSchema } from '@falconpay/http/endpoint-docs';
import type { HttpRequest } from '@falconpay/http/request-identity';
import { read } from '@falconpay/postgres/transaction';
import { clientOf } from '@falconpay/service/requests';
import { machineSchema } from '../machine-view.js';
import { machinesWithCounts, machineWithCounts, totals, totalView, type MachineRecord, type TotalRecord } from './list-machines.js';

export class MachinesQuery extends PageQuery {}

const count = { type: 'integer', minimum: 0 } as const;
const amount = { type: ['integer', 'string'], minimum: 0, description: 'A text of digits beyond 2^53−1' } as const;
const sum = { type: 'object', properties: { amount, currency: { type: 'string' } }, required: ['amount', 'currency'] } as const;
const counted = {
  requests: { ...count, description: 'Withdrawals that were accepted' },
  successful: { ...count, description: 'COMPLETED' },
  failed: { ...count, description: 'FAILED or REFUNDED' },
  stuck: { ...count, description: 'In MANUAL_REVIEW, or under way for more than five minutes' },
};
const required = [...Object.keys(counted), 'refunded'];
const machinesSchema = pageSchema({
  ...machineSchema,
  properties: { ...machineSchema.properties, metrics: { type: 'object', properties: { ...counted, refunded: sum }, required } },
  required: [...machineSchema.required, 'metrics'],
}) as { readonly properties: object; readonly required: readonly string[] };

@Controller('v1/atms')
export class ListMachinesController {
  constructor(
    private readonly source: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Documented({
    summary: 'List cash machines, with what became of their withdrawals',
    description: 'By id. `total` counts those of all machines.',
    answers: {
      200: {
        description: 'A page',
        schema: {
          ...machinesSchema,
          properties: {
            ...machinesSchema.properties,
            total: { type: 'object', properties: { ...counted, refunded: { type: 'array', items: sum } }, required },
          },
          required: [...machinesSchema.required, 'total'],
        },
      },
    },
    problems: ['validation-failed', 'invalid-cursor'],
  })
  @Get()
  async list(@Query() query: MachinesQuery, @Req() request: HttpRequest) {
    const scope = { list: 'atms', client: clientOf(request), filters: {} };
    const limit = pageLimitOf(query);
    const above = query.cursor === undefined ? '' : String(this.cursors.decode(query.cursor, scope)[0]);
    const [records, total] = await Promise.all([
      read<MachineRecord>(this.source, machinesWithCounts, [above, limit + 1]),
      read<TotalRecord>(this.source, totals),
    ]);
    const page = this.cursors.page(records, limit, scope, ({ id }) => [id]);
    return { ...page, data: page.data.map(machineWithCounts), total: totalView(total) };
  }
}

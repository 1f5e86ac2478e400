import { Controller, Get, Param } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Documented } from '@falconpay/http/endpoint-docs';
import { read, type Statement } from '@falconpay/postgres/transaction';
import { clientOf, type ClientRecord } from '../client.table.js';
import { ClientName } from '../client-name.pipe.js';
import { clientLimitsSchema, clientLimitsView } from '../limits-view.js';

/** Always one row: whoever has no limits is nobody the wallet knows, and may still be a client. */
const find: Statement = {
  name: 'find client limits',
  text: `select client_limits.*, clock_timestamp() as now from (select $1::text as asked) as question left join client_limits on id = asked`,
};

@Controller('v1/clients')
export class GetClientLimitsController {
  constructor(private readonly source: DataSource) {}

  @Documented({
    summary: 'What a client may move, and has moved',
    answers: { 200: { description: 'What is not there is not limited', schema: clientLimitsSchema } },
    problems: ['not-found'],
  })
  @Get(':client/limits')
  async get(@Param('client', new ClientName()) name: string) {
    const [found] = await read<Partial<ClientRecord> & { now: Date }>(this.source, find, [name]);
    if (!found) throw new TypeError('one row was asked for, and none came');
    return clientLimitsView(name, typeof found.id === 'string' ? clientOf(found as ClientRecord) : undefined, found.now);
  }
}

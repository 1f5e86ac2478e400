import { Controller, Get } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Documented } from '@falconpay/http/endpoint-docs';
import { read, type Statement } from '@falconpay/postgres/transaction';
import { auditEntryOf, type AuditRow } from '../audit.table.js';
import { faultOf, type AuditHead } from '../audit-entry.js';

const pageSize = 1_000;
const next: Statement = { name: 'audit from', text: 'select * from audit where number > $1 order by number limit $2' };
const head: Statement = { name: 'audit head', text: 'select number, hash from audit_head' };

@Controller('v1/audit/proof')
export class VerifyAuditController {
  constructor(private readonly source: DataSource) {}

  @Documented({
    summary: 'Work the chain of hashes out again',
    description:
      'Names the first entry that is not as it was written. Note the hash elsewhere: who owns the database could make all of it anew.',
    answers: {
      200: {
        description: 'What was found',
        schema: {
          type: 'object',
          properties: {
            ...{ ok: { type: 'boolean' }, entries: { type: 'integer' }, hash: { type: 'string' }, fault: { type: ['string', 'null'] } },
          },
          required: ['ok', 'entries', 'hash', 'fault'],
        },
      },
    },
  })
  @Get()
  async verify() {
    const [end = { number: 0, hash: '' }] = await read<AuditHead>(this.source, head);
    let last: AuditHead = { number: 0, hash: '' };
    for (;;) {
      const rows = await read<AuditRow>(this.source, next, [last.number, pageSize]);
      for (const row of rows) {
        const fault = faultOf(auditEntryOf(row), last);
        if (fault !== undefined) return { ok: false, entries: last.number, hash: last.hash, fault };
        last = row;
      }
      if (rows.length < pageSize) break;
    }
    const fault = last.number < end.number ? `the entries after ${last.number} are missing` : null;
    return { ok: fault === null, entries: last.number, hash: last.hash, fault };
  }
}

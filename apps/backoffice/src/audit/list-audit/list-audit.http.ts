import { Controller, Get, Query } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { DataSource } from 'typeorm';
import { field } from '@falconpay/http/body-fields';
import { Cursors, pageLimitOf, PageQuery } from '@falconpay/http/cursor';
import { Documented, pageSchema } from '@falconpay/http/endpoint-docs';
import { isStorable } from '@falconpay/http/storable';
import { read, type Statement } from '@falconpay/postgres/transaction';
import type { AuditRow } from '../audit.table.js';

const newestFirst: Statement = {
  name: 'list audit',
  text: `select * from audit where ($1::text is null or subject = $1) and ($2::int is null or number < $2) order by number desc limit $3`,
};

const IsSubject = field({
  name: 'isSubject',
  message: 'must be the id of a dead letter or replay, or a fingerprint',
  schema: { type: 'string', maxLength: 64 },
  test: (value) => typeof value === 'string' && value.length <= 64 && isStorable(value),
});

export class AuditQuery extends PageQuery {
  @IsOptional()
  @IsSubject()
  subject?: string;
}

const text = { type: 'string' } as const;
const entrySchema = {
  type: 'object',
  properties: {
    ...{ number: { type: 'integer' }, at: { ...text, format: 'date-time' }, who: text, action: text, subject: text },
    ...{ before: {}, after: {}, reason: { type: ['string', 'null'] } },
    hash: { ...text, description: 'Over all of it and the entry before' },
  },
  required: ['number', 'at', 'who', 'action', 'subject', 'before', 'after', 'reason', 'hash'],
};

@Controller('v1/audit')
export class ListAuditController {
  constructor(
    private readonly source: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Documented({
    summary: 'Who did what, newest first',
    answers: { 200: { description: 'A page', schema: pageSchema(entrySchema) } },
    problems: ['validation-failed', 'invalid-cursor'],
  })
  @Get()
  async list(@Query() query: AuditQuery) {
    const scope = { list: 'audit', filters: { subject: query.subject } };
    const limit = pageLimitOf(query);
    const [below = null] = query.cursor === undefined ? [] : this.cursors.decode(query.cursor, scope);
    const rows = await read<AuditRow>(this.source, newestFirst, [query.subject ?? null, below, limit + 1]);
    const page = this.cursors.page(rows, limit, scope, ({ number }) => [number]);
    const json = (content: string | null): unknown => (content === null ? null : JSON.parse(content));
    return {
      ...page,
      data: page.data.map((row) => ({ ...row, at: row.at.toISOString(), before: json(row.before), after: json(row.after) })),
    };
  }
}

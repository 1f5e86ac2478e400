import { Controller, Get, Query } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Cursors, pageLimitOf, PageQuery, type Page } from '@falconpay/http/cursor';
import { Documented, pageSchema } from '@falconpay/http/endpoint-docs';
import { read } from '@falconpay/postgres/transaction';
import { groupsNewestFirst, groupView, type GroupRow } from './list-groups.js';

export class GroupsQuery extends PageQuery {}

const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const time = { type: 'string', format: 'date-time' } as const;
const groupSchema = {
  type: 'object',
  properties: {
    fingerprint: text,
    error: {
      type: 'object',
      properties: { class: text, message: { ...text, description: 'Of the newest' } },
      required: ['class', 'message'],
    },
    count: { ...count, description: 'How many there ever were' },
    ...{ waiting: count, replaying: count },
    topics: { type: 'array', items: text },
    groups: { type: 'array', items: text, description: 'The consumer groups that failed so' },
    ...{ first_seen_at: time, last_seen_at: time },
  },
  required: ['fingerprint', 'error', 'count', 'waiting', 'replaying', 'topics', 'groups', 'first_seen_at', 'last_seen_at'],
};

@Controller('v1/dead-letters/groups')
export class ListGroupsController {
  constructor(
    private readonly source: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Documented({
    summary: 'List kinds of failure, the newest first',
    description: 'Dead letters that failed alike are one group, over all services and topics.',
    answers: { 200: { description: 'A page', schema: pageSchema(groupSchema) } },
    problems: ['validation-failed', 'invalid-cursor'],
  })
  @Get()
  async list(@Query() query: GroupsQuery): Promise<Page<unknown>> {
    const scope = { list: 'failure-groups', filters: {} };
    const limit = pageLimitOf(query);
    const [at = null, fingerprint = null] = query.cursor === undefined ? [] : this.cursors.decode(query.cursor, scope);
    const rows = await read<GroupRow>(this.source, groupsNewestFirst, [at, fingerprint, limit + 1]);
    const page = this.cursors.page(rows, limit, scope, (row) => [row.last_seen_at.toISOString(), row.fingerprint]);
    return { ...page, data: page.data.map(groupView) };
  }
}

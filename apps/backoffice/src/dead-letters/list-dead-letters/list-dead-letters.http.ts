import { Controller, Get, Query } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Cursors, pageLimitOf, PageQuery, type Page } from '@falconpay/http/cursor';
import { Documented, pageSchema } from '@falconpay/http/endpoint-docs';
import { WithFilters, type Filters } from '../dead-letter-body.js';
import { letterSchema, letterView } from '../dead-letter-view.js';
import { listLetters } from '../read-dead-letters.js';

@WithFilters()
export class DeadLettersQuery extends PageQuery {}

@Controller('v1/dead-letters')
export class ListDeadLettersController {
  constructor(
    private readonly source: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Documented({
    summary: 'List dead letters, newest first',
    description: '`q` looks for words in the key and the error; `since` and `until` are about the time of the last failure.',
    answers: { 200: { description: 'A page', schema: pageSchema(letterSchema) } },
    problems: ['validation-failed', 'invalid-cursor'],
  })
  @Get()
  async list(@Query() query: DeadLettersQuery): Promise<Page<unknown>> {
    const { limit: _limit, cursor, ...rest } = query;
    const filters = rest as Filters;
    const scope = { list: 'dead-letters', filters };
    const limit = pageLimitOf(query);
    const below = cursor === undefined ? undefined : String(this.cursors.decode(cursor, scope)[0]);
    const letters = await listLetters(this.source, filters, below, limit + 1);
    const page = this.cursors.page(letters, limit, scope, ({ id }) => [id]);
    return { ...page, data: page.data.map(letterView) };
  }
}

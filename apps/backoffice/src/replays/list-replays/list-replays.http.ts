import { Controller, Get, Query } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Cursors, pageLimitOf, PageQuery } from '@falconpay/http/cursor';
import { Documented, pageSchema } from '@falconpay/http/endpoint-docs';
import { read, type Statement } from '@falconpay/postgres/transaction';
import { replaySchema, replaySummary } from '../replay-view.js';
import { replayOf, type ReplayRow } from '../replay.table.js';
import { ReplayQueries } from '../replays.query.js';

const newestFirst: Statement = {
  name: 'list replays',
  text: 'select * from replays where $1::text is null or id < $1 order by id desc limit $2',
};

export class ReplaysQuery extends PageQuery {}

@Controller('v1/replays')
export class ListReplaysController {
  private readonly queries: ReplayQueries;

  constructor(
    private readonly source: DataSource,
    private readonly cursors: Cursors,
  ) {
    this.queries = new ReplayQueries(source);
  }

  @Documented({
    summary: 'List replays, newest first',
    answers: { 200: { description: 'A page', schema: pageSchema(replaySchema) } },
    problems: ['validation-failed', 'invalid-cursor'],
  })
  @Get()
  async list(@Query() query: ReplaysQuery) {
    const scope = { list: 'replays', filters: {} };
    const limit = pageLimitOf(query);
    const [below = null] = query.cursor === undefined ? [] : this.cursors.decode(query.cursor, scope);
    const page = this.cursors.page(await read<ReplayRow>(this.source, newestFirst, [below, limit + 1]), limit, scope, ({ id }) => [id]);
    const views = page.data.map(async (row) =>
      replaySummary(replayOf(row), await this.queries.verdicts(row.id), await this.queries.counts(row.id)),
    );
    return { ...page, data: await Promise.all(views) };
  }
}

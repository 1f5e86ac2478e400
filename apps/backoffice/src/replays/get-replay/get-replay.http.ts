import { Controller, Get, Param, Query } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Cursors, pageLimitOf, PageQuery } from '@falconpay/http/cursor';
import { Documented, pageSchema } from '@falconpay/http/endpoint-docs';
import { Problem } from '@falconpay/http/problem';
import { ResourceId } from '@falconpay/http/resource-id';
import { read, type Statement } from '@falconpay/postgres/transaction';
import { itemOf, type ReplayItemRow } from '../replay-item.table.js';
import { itemSchema, itemView, replaySchema, replaySummary } from '../replay-view.js';
import { replayOf, type ReplayRow } from '../replay.table.js';
import { ReplayQueries } from '../replays.query.js';

const find: Statement = { name: 'find replay', text: 'select * from replays where id = $1' };
const findItems: Statement = {
  name: 'list replay items',
  text: 'select * from replay_items where replay_id = $1 and number > $2 order by number limit $3',
};

export class ItemsQuery extends PageQuery {}

const id = new ResourceId('rpl', 'replay-not-found');

@Controller('v1/replays')
export class GetReplayController {
  private readonly queries: ReplayQueries;

  constructor(
    private readonly source: DataSource,
    private readonly cursors: Cursors,
  ) {
    this.queries = new ReplayQueries(source);
  }

  @Documented({
    summary: 'How far a replay is',
    answers: { 200: { description: 'As it stands', schema: replaySchema } },
    problems: ['replay-not-found'],
  })
  @Get(':id')
  async get(@Param('id', id) replayId: string) {
    const [row] = await read<ReplayRow>(this.source, find, [replayId]);
    if (!row) throw new Problem('replay-not-found', `There is no replay ${replayId}.`);
    return replaySummary(replayOf(row), await this.queries.verdicts(replayId), await this.queries.counts(replayId));
  }

  @Documented({
    summary: 'The letters of a replay, one by one',
    description: 'In the order in which they are sent: what was foreseen, and what has become of each.',
    answers: { 200: { description: 'A page', schema: pageSchema(itemSchema) } },
    problems: ['validation-failed', 'invalid-cursor'],
  })
  @Get(':id/items')
  async items(@Param('id', id) replayId: string, @Query() query: ItemsQuery) {
    const scope = { list: 'replay-items', filters: { replay: replayId } };
    const limit = pageLimitOf(query);
    const [after = 0] = query.cursor === undefined ? [] : this.cursors.decode(query.cursor, scope);
    const rows = await read<ReplayItemRow>(this.source, findItems, [replayId, after, limit + 1]);
    const page = this.cursors.page(rows, limit, scope, ({ number }) => [number]);
    return { ...page, data: page.data.map((row) => itemView(itemOf(row))) };
  }
}

import { Controller, Get, Query } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Cursors, pageLimitOf, PageQuery, type Page } from '@falconpay/http/cursor';
import { Documented, pageSchema } from '@falconpay/http/endpoint-docs';
import { read } from '@falconpay/postgres/transaction';
import { lettersOfSagas } from '../../dead-letters/read-dead-letters.js';
import { Patience } from '../../patience.js';
import { listedBefore, type OpenSagaRow } from '../open-sagas.query.js';
import { readTimelines } from '../read-timelines.js';
import { standingOf } from '../timeline.js';
import { expectedSchema, expectedView } from '../timeline-view.js';

export class StuckQuery extends PageQuery {}

const stuckSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    sagas: { type: 'array', items: { type: 'string' } },
    since: { type: 'string', format: 'date-time', description: 'Its last event that must be followed by another' },
    expected: { type: 'array', items: expectedSchema },
    dead_letters: { type: 'array', items: { type: 'string' }, description: 'Ids of its dead letters that wait for somebody' },
  },
  required: ['id', 'sagas', 'since', 'expected', 'dead_letters'],
};

@Controller('v1/stuck')
export class ListStuckController {
  constructor(
    private readonly source: DataSource,
    private readonly cursors: Cursors,
    private readonly patience: Patience,
  ) {}

  @Documented({
    summary: 'Payments and withdrawals that should have gone on by now',
    description: 'Longest waiting first. A page may hold less than was asked for and still have one behind it.',
    answers: { 200: { description: 'A page', schema: pageSchema(stuckSchema) } },
    problems: ['validation-failed', 'invalid-cursor'],
  })
  @Get()
  async list(@Query() query: StuckQuery): Promise<Page<unknown>> {
    const scope = { list: 'stuck', filters: {} };
    const limit = pageLimitOf(query);
    const [at = new Date(0).toISOString(), id = ''] = query.cursor === undefined ? [] : this.cursors.decode(query.cursor, scope);
    const now = new Date();
    const { overdueAfter } = this.patience;
    const before = new Date(now.getTime() - Math.min(overdueAfter.serviceMs, overdueAfter.outsideMs));
    const rows = await read<OpenSagaRow>(this.source, listedBefore, [before.toISOString(), at, id, limit + 1]);
    const page = this.cursors.page(rows, limit, scope, (row) => [row.at.toISOString(), row.saga_id]);
    const ids = page.data.map(({ saga_id }) => saga_id);
    const [timelines, letters] = await Promise.all([readTimelines(this.source, ids), lettersOfSagas(this.source, ids)]);
    const data = page.data.flatMap((row) => {
      const standing = standingOf(timelines.get(row.saga_id) ?? [], overdueAfter, now);
      if (!standing.isOverdue) return [];
      const waiting = letters.filter(({ sagaId, state }) => sagaId === row.saga_id && (state === 'waiting' || state === 'replaying'));
      return [
        {
          ...{ id: row.saga_id, sagas: standing.sagas, since: row.at.toISOString(), expected: standing.expected.map(expectedView) },
          dead_letters: waiting.map((letter) => letter.id),
        },
      ];
    });
    return { ...page, data };
  }
}

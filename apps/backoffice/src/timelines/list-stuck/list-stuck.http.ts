import { Controller, Get, Query } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Cursors, pageLimitOf, PageQuery, type CursorPosition, type Page } from '@falconpay/http/cursor';
import { Documented, pageSchema } from '@falconpay/http/endpoint-docs';
import { read } from '@falconpay/postgres/transaction';
import { lettersOfSagas } from '../../dead-letters/read-dead-letters.js';
import { Patience } from '../../patience.js';
import { listedBefore, type OpenSagaRow } from '../open-sagas.query.js';
import { readTimelines } from '../read-timelines.js';
import { standingOf } from '../timeline.js';
import { expectedSchema, expectedView } from '../timeline-view.js';

/** Looked at together. */
const atOnce = 200;

interface Overdue {
  readonly row: OpenSagaRow;
  readonly standing: ReturnType<typeof standingOf>;
}

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
    description: 'Longest waiting first.',
    answers: { 200: { description: 'A page', schema: pageSchema(stuckSchema) } },
    problems: ['validation-failed', 'invalid-cursor'],
  })
  @Get()
  async list(@Query() query: StuckQuery): Promise<Page<unknown>> {
    const scope = { list: 'stuck', filters: {} };
    const limit = pageLimitOf(query);
    const [at = new Date(0).toISOString(), id = ''] = query.cursor === undefined ? [] : this.cursors.decode(query.cursor, scope);
    const page = this.cursors.page(await this.overdueAfter([at, id], limit + 1), limit, scope, ({ row }) => [
      row.at.toISOString(),
      row.saga_id,
    ]);
    const letters = await lettersOfSagas(
      this.source,
      page.data.map(({ row }) => row.saga_id),
    );
    const data = page.data.map(({ row, standing }) => ({
      ...{ id: row.saga_id, sagas: standing.sagas, since: row.at.toISOString(), expected: standing.expected.map(expectedView) },
      dead_letters: letters
        .filter(({ sagaId, state }) => sagaId === row.saga_id && (state === 'waiting' || state === 'replaying'))
        .map((letter) => letter.id),
    }));
    return { ...page, data };
  }

  /** What waits for the outside world may do so for longer: however many of those are listed before, they hide nothing. */
  private async overdueAfter(from: CursorPosition, count: number): Promise<Overdue[]> {
    const now = new Date();
    const { overdueAfter } = this.patience;
    const before = new Date(now.getTime() - Math.min(overdueAfter.serviceMs, overdueAfter.outsideMs)).toISOString();
    const overdue: Overdue[] = [];
    let [at, id] = from;
    for (;;) {
      const rows = await read<OpenSagaRow>(this.source, listedBefore, [before, at, id, atOnce]);
      const timelines = await readTimelines(
        this.source,
        rows.map(({ saga_id }) => saga_id),
      );
      for (const row of rows) {
        const standing = standingOf(timelines.get(row.saga_id) ?? [], overdueAfter, now);
        if (standing.isOverdue) overdue.push({ row, standing });
      }
      const last = rows.at(-1);
      if (overdue.length >= count || rows.length < atOnce || !last) return overdue.slice(0, count);
      [at, id] = [last.at.toISOString(), last.saga_id];
    }
  }
}

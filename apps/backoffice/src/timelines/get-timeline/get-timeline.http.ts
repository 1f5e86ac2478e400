import { Controller, Get, Param } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { consumerGroup, type Service } from '@falconpay/contracts/choreography';
import { Documented } from '@falconpay/http/endpoint-docs';
import { Problem } from '@falconpay/http/problem';
import { AnyId } from '../../any-id.pipe.js';
import { letterView, letterSchema } from '../../dead-letters/dead-letter-view.js';
import { lettersOfSagas } from '../../dead-letters/read-dead-letters.js';
import { Patience } from '../../patience.js';
import { InboxLookups } from '../../replays/inbox-lookups.http.js';
import { readTimelines } from '../read-timelines.js';
import { standingOf, type DueStep } from '../timeline.js';
import type { TimelineEvent } from '../timeline-event.js';
import { consumerView, eventSchema, eventView, expectedSchema, expectedView } from '../timeline-view.js';

const timelineSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    sagas: { type: 'array', items: { type: 'string' }, description: 'What it may be, by the events there are' },
    status: { enum: ['ended', 'waiting', 'overdue'] },
    events: { type: 'array', items: eventSchema },
    dead_letters: { type: 'array', items: letterSchema },
    expected: { type: 'array', items: expectedSchema },
  },
  required: ['id', 'sagas', 'status', 'events', 'dead_letters', 'expected'],
};

@Controller('v1/timelines')
export class GetTimelineController {
  constructor(
    private readonly source: DataSource,
    private readonly patience: Patience,
    private readonly inboxes: InboxLookups,
  ) {}

  @Documented({
    summary: 'What happened to a payment or withdrawal, and what is to come',
    description: 'From the events on the topics, whoever is down. What is expected next is worked out from the table of its saga.',
    answers: { 200: { description: 'Its events so far, oldest first', schema: timelineSchema } },
    problems: ['timeline-not-found'],
  })
  @Get(':id')
  async get(@Param('id', new AnyId('timeline-not-found')) id: string) {
    const [timelines, letters] = await Promise.all([readTimelines(this.source, [id]), lettersOfSagas(this.source, [id])]);
    const events = timelines.get(id) ?? [];
    if (events.length === 0 && letters.length === 0) throw new Problem('timeline-not-found', `Nothing was published about ${id}.`);
    const { sagas, expected, isOverdue } = standingOf(events, this.patience.overdueAfter, new Date());
    return {
      id,
      sagas,
      status: isOverdue ? 'overdue' : expected.length > 0 ? 'waiting' : 'ended',
      events: events.map((event) => eventView(event, events)),
      dead_letters: letters.map(letterView),
      expected: await Promise.all(
        expected.map(async (step) => ({ ...expectedView(step), consumer: await this.consumerOf(step, id, events) })),
      ),
    };
  }

  /** Retries are its own affair and on no topic: it is asked, and may be down. */
  private async consumerOf({ by, because }: DueStep, id: string, events: readonly TimelineEvent[]) {
    const event = events.findLast(({ topic }) => topic === because);
    if (!event) return null;
    const asked = { id: event.eventId, topic: because, key: Buffer.from(id) };
    const answer = await this.inboxes.ask(consumerGroup(by as Service), [asked]).catch(() => undefined);
    return consumerView(answer?.events.get(asked.id));
  }
}

import { Controller, Get, Param } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Documented } from '@falconpay/http/endpoint-docs';
import { ResourceId } from '@falconpay/http/resource-id';
import { notesOn } from '../../audit/read-audit.js';
import { readTimelines } from '../../timelines/read-timelines.js';
import { eventView } from '../../timelines/timeline-view.js';
import { wholeLetterSchema, wholeLetterView } from '../dead-letter-view.js';
import { lettersOfSagas, readDeadLetter } from '../read-dead-letters.js';

@Controller('v1/dead-letters')
export class GetDeadLetterController {
  constructor(private readonly source: DataSource) {}

  @Documented({
    summary: 'Look at a dead letter',
    description: 'The record as it came, to the byte and read, with what else is known about the same payment or withdrawal.',
    answers: { 200: { description: 'All of it', schema: wholeLetterSchema } },
    problems: ['dead-letter-not-found'],
  })
  @Get(':id')
  async get(@Param('id', new ResourceId('dlt', 'dead-letter-not-found')) id: string) {
    const letter = await readDeadLetter(this.source, id);
    const sagas = letter.sagaId === '' ? [] : [letter.sagaId];
    const [timelines, letters, notes] = await Promise.all([
      readTimelines(this.source, sagas),
      lettersOfSagas(this.source, sagas),
      notesOn(this.source, [letter.id, letter.fingerprint]),
    ]);
    const events = timelines.get(letter.sagaId) ?? [];
    return {
      ...wholeLetterView(letter),
      notes,
      events: events.map((event) => eventView(event, events)),
      others: letters.flatMap((other) => (other.id === letter.id ? [] : [other.id])),
    };
  }
}

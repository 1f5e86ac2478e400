import { Controller, Get, Query } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { DataSource } from 'typeorm';
import { field } from '@falconpay/http/body-fields';
import { Documented } from '@falconpay/http/endpoint-docs';
import { read } from '@falconpay/postgres/transaction';
import { beginOf, countsOverTime, stepNames, type CountRow, type Step } from './count-dead-letters.js';

const IsStep = field({
  name: 'isStep',
  message: `must be one of ${stepNames.join(', ')}`,
  schema: { enum: stepNames, default: 'hour' },
  test: (value) => stepNames.includes(value as Step),
});

export class CountsQuery {
  @IsOptional()
  @IsStep()
  step?: Step;
}

const countSchema = {
  type: 'object',
  properties: {
    at: { type: 'string', format: 'date-time' },
    topic: { type: 'string' },
    group: { type: 'string' },
    count: { type: 'integer', minimum: 1 },
  },
  required: ['at', 'topic', 'group', 'count'],
};

@Controller('v1/dead-letters/counts')
export class CountDeadLettersController {
  constructor(private readonly source: DataSource) {}

  @Documented({
    summary: 'Count dead letters over time',
    description: 'The last two days by the hour, or the last sixty by the day; steps without any are left out.',
    answers: {
      200: {
        description: 'Oldest first',
        schema: { type: 'object', properties: { data: { type: 'array', items: countSchema } }, required: ['data'] },
      },
    },
    problems: ['validation-failed'],
  })
  @Get()
  async count(@Query() { step = 'hour' }: CountsQuery) {
    const rows = await read<CountRow>(this.source, countsOverTime, [step, beginOf(step, new Date()).toISOString()]);
    return { data: rows.map(({ at, topic, consumer_group, count }) => ({ at: at.toISOString(), topic, group: consumer_group, count })) };
  }
}

import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ValidateIf, ValidateNested } from 'class-validator';
import { Answer } from '@falconpay/http/answer';
import { field } from '@falconpay/http/body-fields';
import { Documented, type JsonSchema } from '@falconpay/http/endpoint-docs';
import { InboxLookup } from './inbox-lookup.js';

const eventsMax = 500;
const keyMax = 4_096;

const IsEventId = field({
  name: 'isEventId',
  message: 'must be a UUID in lower case',
  schema: { type: 'string', format: 'uuid' },
  test: (value) => typeof value === 'string' && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(value),
});
const IsTopicName = field({
  name: 'isTopicName',
  message: 'must be a topic’s name: 1 to 249 letters, digits, ., _ or -',
  schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,249}$' },
  test: (value) => typeof value === 'string' && /^[A-Za-z0-9._-]{1,249}$/.test(value),
});
const IsRecordKey = field({
  name: 'isRecordKey',
  message: `must be base64 of at most ${keyMax} characters, or null`,
  schema: { type: ['string', 'null'], contentEncoding: 'base64', maxLength: keyMax },
  test: (value) => typeof value === 'string' && value.length <= keyMax && /^[A-Za-z0-9+/]*={0,2}$/.test(value),
});
const IsListOfEvents = field({
  name: 'isListOfEvents',
  message: `must be a list of 1 to ${eventsMax} events`,
  schema: { minItems: 1, maxItems: eventsMax },
  test: (value) => Array.isArray(value) && value.length >= 1 && value.length <= eventsMax,
});

export class AskedEventBody {
  @IsEventId()
  id!: string;

  @IsTopicName()
  topic!: string;

  @ValidateIf((_event, value) => value !== null)
  @IsRecordKey()
  key!: string | null;
}

export class LookUpInboxBody {
  @IsListOfEvents()
  @ValidateNested({ each: true })
  @Type(() => AskedEventBody)
  events!: AskedEventBody[];
}

const nullable = (type: string, more: object = {}): JsonSchema => ({ type: [type, 'null'], ...more });
const lineSchema: JsonSchema = {
  type: ['object', 'null'],
  properties: {
    state: { enum: ['retrying', 'dead'] },
    head_id: nullable('string'),
    attempts: { type: 'integer' },
    error_class: nullable('string'),
    error_message: nullable('string'),
    blocked_since: { type: 'string', format: 'date-time' },
    due_at: nullable('string', { format: 'date-time' }),
    replay_id: nullable('string'),
    waiting: { type: 'integer' },
  },
  required: ['state', 'head_id', 'attempts', 'error_class', 'error_message', 'blocked_since', 'due_at', 'replay_id', 'waiting'],
};
const eventSchema: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', format: 'uuid' },
    state: { enum: ['processed', 'blocked', 'waiting', 'unknown'] },
    settled_at: nullable('string', { format: 'date-time' }),
    outcome: { enum: ['done', 'discarded', 'replaced', 'refused', null] },
    line: lineSchema,
  },
  required: ['id', 'state', 'settled_at', 'outcome', 'line'],
};

@Controller('v1/inbox')
export class LookUpInboxController {
  constructor(private readonly inbox: InboxLookup) {}

  @Documented({
    summary: 'What has become of events here',
    description:
      'For the back office, before it sends a dead letter back. `processed`: settled; `blocked`: first of its key, tried again or with the dead letters; `waiting`: behind it; `unknown`: never taken in, or longer ago than `remembers_since`. The id of a delivery (`fp-replay-id`) is known like an event’s: `refused` when it came to nothing. Changes nothing.',
    answers: {
      200: {
        description: 'In the order asked',
        schema: {
          type: 'object',
          properties: {
            remembers_since: { type: 'string', format: 'date-time' },
            replay_count_max: { type: 'integer', description: 'How often one dead letter may be sent back' },
            data: { type: 'array', items: eventSchema },
          },
          required: ['remembers_since', 'replay_count_max', 'data'],
        },
      },
    },
    problems: ['malformed-json', 'validation-failed', 'payload-too-large', 'unsupported-media-type'],
  })
  @Post('lookup')
  @HttpCode(200)
  async lookUp(@Body() { events }: LookUpInboxBody): Promise<Answer> {
    const asked = events.map(({ id, topic, key }) => ({ id, topic, key: key === null ? null : Buffer.from(key, 'base64') }));
    return new Answer(200, JSON.stringify(await this.inbox.lookUp(asked)));
  }
}

import { defineTopic } from '@falconpay/choreography/topic';
import { instantSchema, sagaIdSchema } from '../wire-money.js';

export interface HoldReleased {
  readonly saga_id: string;
  readonly released_at: string;
}

export const holdReleased = defineTopic<HoldReleased>()({
  name: 'hold.released',
  publisher: 'wallet',
  version: 1,
  about: 'What was held for a saga can be spent again.',
  key: 'saga_id',
  keyWhy: 'All events of one saga stay in order.',
  schema: {
    type: 'object',
    properties: { saga_id: sagaIdSchema, released_at: instantSchema },
    required: ['saga_id', 'released_at'],
  },
});

import { defineTopic } from '@falconpay/choreography/topic';
import { idSchema } from '../wire-money.js';
import { paymentCreatedSchema, type PaymentCreated } from './payment-created.topic.js';

export interface BulkCreated {
  readonly bulk_id: string;
  readonly payments: readonly PaymentCreated[];
}

export const bulkCreated = defineTopic<BulkCreated>()({
  name: 'bulk.created',
  publisher: 'payment',
  version: 1,
  about: 'An atomic bulk of transfers was accepted: the wallet posts all of them or none.',
  key: 'bulk_id',
  keyWhy: 'The members are decided together, so they travel together.',
  schema: {
    type: 'object',
    properties: {
      bulk_id: idSchema('blk'),
      payments: { type: 'array', minItems: 1, maxItems: 1000, items: paymentCreatedSchema },
    },
    required: ['bulk_id', 'payments'],
  },
});

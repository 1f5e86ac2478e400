import { defineTopic } from '@falconpay/choreography/topic';
import type { WireMoney } from '@falconpay/money/money';
import { instantSchema, sagaIdSchema, wireMoneySchema } from '../wire-money.js';

export interface ShortagePosted {
  readonly saga_id: string;
  readonly amount: WireMoney;
  readonly posted_at: string;
}

export const shortagePosted = defineTopic<ShortagePosted>()({
  name: 'shortage.posted',
  publisher: 'wallet',
  version: 1,
  about: 'Money went out for which nothing was held any more: the bank has paid it, and stands it to be collected.',
  key: 'saga_id',
  keyWhy: 'All events of one saga stay in order.',
  schema: {
    type: 'object',
    properties: { saga_id: sagaIdSchema, amount: wireMoneySchema, posted_at: instantSchema },
    required: ['saga_id', 'amount', 'posted_at'],
  },
});

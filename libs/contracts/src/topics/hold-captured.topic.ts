import { defineTopic } from '@falconpay/choreography/topic';
import type { WireMoney } from '@falconpay/money/money';
import { instantSchema, sagaIdSchema, wireMoneySchema } from '../wire-money.js';

export interface HoldCaptured {
  readonly saga_id: string;
  readonly captured: WireMoney;
  readonly captured_at: string;
}

export const holdCaptured = defineTopic<HoldCaptured>()({
  name: 'hold.captured',
  publisher: 'wallet',
  version: 1,
  about: 'What was paid out has left the account; what was held beyond that was given back in the same commit.',
  key: 'saga_id',
  keyWhy: 'All events of one saga stay in order.',
  schema: {
    type: 'object',
    properties: { saga_id: sagaIdSchema, captured: wireMoneySchema, captured_at: instantSchema },
    required: ['saga_id', 'captured', 'captured_at'],
  },
});

import { defineTopic } from '@falconpay/choreography/topic';
import type { WireMoney } from '@falconpay/money/money';
import { instantSchema, sagaIdSchema, wireMoneySchema } from '../wire-money.js';

export interface HoldPlaced {
  readonly saga_id: string;
  readonly account_id: string;
  readonly amount: WireMoney;
  readonly expires_at: string;
}

export const holdPlaced = defineTopic<HoldPlaced>()({
  name: 'hold.placed',
  publisher: 'wallet',
  version: 1,
  about: 'The money of a saga is set apart: it can be captured or released, and nobody else can spend it.',
  key: 'saga_id',
  keyWhy: 'A hold has the id of its saga: all events of one saga stay in order.',
  schema: {
    type: 'object',
    properties: {
      saga_id: sagaIdSchema,
      account_id: { type: 'string', description: 'The account’s id, whatever it was asked for by' },
      amount: wireMoneySchema,
      expires_at: {
        ...instantSchema,
        description: 'From then on nothing may begin for it: the saga has it given back. The wallet does not by itself',
      },
    },
    required: ['saga_id', 'account_id', 'amount', 'expires_at'],
  },
});

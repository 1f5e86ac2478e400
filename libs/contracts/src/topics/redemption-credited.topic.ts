import { defineTopic } from '@falconpay/choreography/topic';
import type { WireMoney } from '@falconpay/money/money';
import { idSchema, instantSchema, wireMoneySchema } from '../wire-money.js';

export interface RedemptionCredited {
  readonly redemption_id: string;
  readonly account_id: string;
  readonly amount: WireMoney;
  readonly credited_at: string;
}

export const redemptionCredited = defineTopic<RedemptionCredited>()({
  name: 'redemption.credited',
  publisher: 'wallet',
  version: 1,
  about: 'The card’s money is on the account.',
  key: 'redemption_id',
  keyWhy: 'All events of one redemption stay in order.',
  schema: {
    type: 'object',
    properties: {
      redemption_id: idSchema('rdm'),
      account_id: { type: 'string', minLength: 1, maxLength: 64 },
      amount: wireMoneySchema,
      credited_at: instantSchema,
    },
    required: ['redemption_id', 'account_id', 'amount', 'credited_at'],
  },
});

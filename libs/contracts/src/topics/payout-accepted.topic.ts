import { defineTopic } from '@falconpay/choreography/topic';
import type { WireMoney } from '@falconpay/money/money';
import { idSchema, wireMoneySchema } from '../wire-money.js';

export interface PayoutAccepted {
  readonly payout_id: string;
  readonly account_id: string;
  readonly paid: WireMoney;
}

export const payoutAccepted = defineTopic<PayoutAccepted>()({
  name: 'payout.accepted',
  publisher: 'atm-gateway',
  version: 1,
  about: 'There is evidence that the bank has taken it: this much has gone out. The wallet captures it.',
  key: 'payout_id',
  keyWhy: 'All events of one payout stay in order.',
  schema: {
    type: 'object',
    properties: {
      payout_id: idSchema('pyo'),
      account_id: { type: 'string', minLength: 1, maxLength: 64 },
      paid: wireMoneySchema,
    },
    required: ['payout_id', 'account_id', 'paid'],
  },
});

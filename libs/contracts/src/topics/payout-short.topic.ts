import { defineTopic } from '@falconpay/choreography/topic';
import type { WireMoney } from '@falconpay/money/money';
import { idSchema, wireMoneySchema } from '../wire-money.js';

export interface PayoutShort {
  readonly payout_id: string;
  readonly account_id: string;
  readonly paid: WireMoney;
}

export const payoutShort = defineTopic<PayoutShort>()({
  name: 'payout.short',
  publisher: 'atm-gateway',
  version: 1,
  about: 'The bank took it after the money had been given back: the wallet posts the shortage.',
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

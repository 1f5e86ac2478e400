import { defineTopic } from '@falconpay/choreography/topic';
import type { WireMoney } from '@falconpay/money/money';
import { idSchema, instantSchema, wireMoneySchema } from '../wire-money.js';

export interface PayoutRequested {
  readonly payout_id: string;
  readonly account: string;
  readonly amount: WireMoney;
  readonly bank: string;
  readonly reference?: string;
  readonly client?: string | undefined;
  readonly expires_at: string;
}

export const payoutRequested = defineTopic<PayoutRequested>()({
  name: 'payout.requested',
  publisher: 'atm-gateway',
  version: 1,
  about:
    'Somebody wants money at a bank account, whose number is nothing the wallet has to know: it is to set the money apart, or to refuse.',
  key: 'payout_id',
  keyWhy: 'All events of one payout stay in order; payouts are independent of each other.',
  schema: {
    type: 'object',
    properties: {
      payout_id: idSchema('pyo'),
      account: { type: 'string', minLength: 1, maxLength: 64, description: 'An account’s id or number' },
      amount: wireMoneySchema,
      bank: { type: 'string', minLength: 1, maxLength: 64 },
      reference: { type: 'string', minLength: 1, maxLength: 140 },
      client: { type: 'string', minLength: 1, maxLength: 128, description: 'Who asked for it: whose limits count' },
      expires_at: { ...instantSchema, description: 'From then on no money is set apart for it, and nothing is sent' },
    },
    required: ['payout_id', 'account', 'amount', 'bank', 'expires_at'],
  },
});

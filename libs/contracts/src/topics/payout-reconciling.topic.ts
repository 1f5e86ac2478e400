import { defineTopic } from '@falconpay/choreography/topic';
import { idSchema } from '../wire-money.js';

export interface PayoutReconciling {
  readonly payout_id: string;
  readonly account_id: string;
}

export const payoutReconciling = defineTopic<PayoutReconciling>()({
  name: 'payout.reconciling',
  publisher: 'atm-gateway',
  version: 1,
  forOnlookers: true,
  about: 'Nobody knows whether the bank has taken it: the money stays set apart, however long it takes to find out.',
  key: 'payout_id',
  keyWhy: 'All events of one payout stay in order.',
  schema: {
    type: 'object',
    properties: {
      payout_id: idSchema('pyo'),
      account_id: { type: 'string', minLength: 1, maxLength: 64 },
    },
    required: ['payout_id', 'account_id'],
  },
});

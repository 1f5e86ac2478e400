import { defineTopic } from '@falconpay/choreography/topic';
import { idSchema } from '../wire-money.js';

export interface PayoutFailed {
  readonly payout_id: string;
  readonly account_id: string;
  readonly code: string;
  readonly detail: string;
}

export const payoutFailed = defineTopic<PayoutFailed>()({
  name: 'payout.failed',
  publisher: 'atm-gateway',
  version: 1,
  about: 'There is evidence that nothing went out, and nothing will. The wallet gives the money back.',
  key: 'payout_id',
  keyWhy: 'All events of one payout stay in order.',
  schema: {
    type: 'object',
    properties: {
      payout_id: idSchema('pyo'),
      account_id: { type: 'string', minLength: 1, maxLength: 64 },
      code: { type: 'string', pattern: '^[a-z-]{1,40}$' },
      detail: { type: 'string', maxLength: 500 },
    },
    required: ['payout_id', 'account_id', 'code', 'detail'],
  },
});

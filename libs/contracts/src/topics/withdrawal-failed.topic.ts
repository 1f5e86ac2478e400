import { defineTopic } from '@falconpay/choreography/topic';
import { idSchema } from '../wire-money.js';

export interface WithdrawalFailed {
  readonly withdrawal_id: string;
  readonly account_id: string;
  readonly code: string;
  readonly detail: string;
}

export const withdrawalFailed = defineTopic<WithdrawalFailed>()({
  name: 'withdrawal.failed',
  publisher: 'atm-gateway',
  version: 1,
  about: 'There is evidence of no cash: nothing came out and nothing will. The wallet gives the money back.',
  key: 'withdrawal_id',
  keyWhy: 'All events of one withdrawal stay in order.',
  schema: {
    type: 'object',
    properties: {
      withdrawal_id: idSchema('wdr'),
      account_id: { type: 'string', minLength: 1, maxLength: 64 },
      code: { type: 'string', pattern: '^[a-z-]{1,40}$' },
      detail: { type: 'string', maxLength: 500 },
    },
    required: ['withdrawal_id', 'account_id', 'code', 'detail'],
  },
});

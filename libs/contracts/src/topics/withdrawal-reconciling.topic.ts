import { defineTopic } from '@falconpay/choreography/topic';
import { idSchema } from '../wire-money.js';

export interface WithdrawalReconciling {
  readonly withdrawal_id: string;
  readonly account_id: string;
}

export const withdrawalReconciling = defineTopic<WithdrawalReconciling>()({
  name: 'withdrawal.reconciling',
  publisher: 'atm-gateway',
  version: 1,
  forOnlookers: true,
  about: 'Nobody knows whether cash came out: the money stays set apart, however long it takes to find out.',
  key: 'withdrawal_id',
  keyWhy: 'All events of one withdrawal stay in order.',
  schema: {
    type: 'object',
    properties: {
      withdrawal_id: idSchema('wdr'),
      account_id: { type: 'string', minLength: 1, maxLength: 64 },
    },
    required: ['withdrawal_id', 'account_id'],
  },
});

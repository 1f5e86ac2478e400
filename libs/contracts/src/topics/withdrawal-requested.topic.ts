import { defineTopic } from '@falconpay/choreography/topic';
import type { WireMoney } from '@falconpay/money/money';
import { idSchema, instantSchema, wireMoneySchema } from '../wire-money.js';

export interface WithdrawalRequested {
  readonly withdrawal_id: string;
  readonly account: string;
  readonly amount: WireMoney;
  readonly atm_id: string;
  readonly client?: string | undefined;
  readonly expires_at: string;
}

export const withdrawalRequested = defineTopic<WithdrawalRequested>()({
  name: 'withdrawal.requested',
  publisher: 'atm-gateway',
  version: 1,
  about: 'Somebody wants cash from a machine: the wallet is to set the money apart, or to refuse.',
  key: 'withdrawal_id',
  keyWhy: 'All events of one withdrawal stay in order; withdrawals are independent of each other.',
  schema: {
    type: 'object',
    properties: {
      withdrawal_id: idSchema('wdr'),
      account: { type: 'string', minLength: 1, maxLength: 64, description: 'An account’s id or number' },
      amount: wireMoneySchema,
      atm_id: { type: 'string', minLength: 1, maxLength: 64 },
      client: { type: 'string', minLength: 1, maxLength: 128, description: 'Who asked for it: whose limits count' },
      expires_at: { ...instantSchema, description: 'From then on no money is set apart for it, and nothing is sent' },
    },
    required: ['withdrawal_id', 'account', 'amount', 'atm_id', 'expires_at'],
  },
});

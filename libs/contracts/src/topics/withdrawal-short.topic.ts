import { defineTopic } from '@falconpay/choreography/topic';
import type { WireMoney } from '@falconpay/money/money';
import { idSchema, wireMoneySchema } from '../wire-money.js';

export interface WithdrawalShort {
  readonly withdrawal_id: string;
  readonly account_id: string;
  readonly dispensed: WireMoney;
}

export const withdrawalShort = defineTopic<WithdrawalShort>()({
  name: 'withdrawal.short',
  publisher: 'atm-gateway',
  version: 1,
  about: 'Cash came out after the money had been given back: the wallet posts the shortage.',
  key: 'withdrawal_id',
  keyWhy: 'All events of one withdrawal stay in order.',
  schema: {
    type: 'object',
    properties: {
      withdrawal_id: idSchema('wdr'),
      account_id: { type: 'string', minLength: 1, maxLength: 64 },
      dispensed: wireMoneySchema,
    },
    required: ['withdrawal_id', 'account_id', 'dispensed'],
  },
});

import { defineTopic } from '@falconpay/choreography/topic';
import type { WireMoney } from '@falconpay/money/money';
import { idSchema, wireMoneySchema } from '../wire-money.js';

export interface WithdrawalDispensed {
  readonly withdrawal_id: string;
  readonly account_id: string;
  readonly dispensed: WireMoney;
}

export const withdrawalDispensed = defineTopic<WithdrawalDispensed>()({
  name: 'withdrawal.dispensed',
  publisher: 'atm-gateway',
  version: 1,
  about: 'There is evidence of cash: this much came out. The wallet captures it and gives the rest back.',
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

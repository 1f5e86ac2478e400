import { defineTopic } from '@falconpay/choreography/topic';
import type { WireMoney } from '@falconpay/money/money';
import { idSchema, instantSchema, wireMoneySchema } from '../wire-money.js';

export interface RedemptionApproved {
  readonly redemption_id: string;
  readonly account: string;
  readonly amount: WireMoney;
  readonly institution: string;
  readonly card: string;
  readonly client: string;
  readonly expires_at: string;
}

export const redemptionApproved = defineTopic<RedemptionApproved>()({
  name: 'redemption.approved',
  publisher: 'atm-gateway',
  version: 1,
  about: 'The card has been charged: the wallet is to credit the account, or to refuse, whereupon the charge is reversed.',
  key: 'redemption_id',
  keyWhy: 'All events of one redemption stay in order; redemptions are independent of each other.',
  schema: {
    type: 'object',
    properties: {
      redemption_id: idSchema('rdm'),
      account: { type: 'string', minLength: 1, maxLength: 64, description: 'An account’s id or number' },
      amount: wireMoneySchema,
      institution: { type: 'string', minLength: 1, maxLength: 64 },
      card: {
        type: 'string',
        pattern: '^card_[0-9a-f]{32}$',
        description: 'Tells cards apart; neither number nor PIN can be told from it',
      },
      client: { type: 'string', minLength: 1, maxLength: 64, description: 'Who asked' },
      expires_at: { ...instantSchema, description: 'From then on the wallet refuses: the charge is reversed rather than credited late' },
    },
    required: ['redemption_id', 'account', 'amount', 'institution', 'card', 'client', 'expires_at'],
  },
});

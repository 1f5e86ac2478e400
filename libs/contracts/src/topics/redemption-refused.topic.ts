import { defineTopic } from '@falconpay/choreography/topic';
import { failureCodes, type FailureCode } from '../failure-codes.js';
import { idSchema } from '../wire-money.js';

export interface RedemptionRefused {
  readonly redemption_id: string;
  readonly code: FailureCode;
  readonly detail: string;
}

export const redemptionRefused = defineTopic<RedemptionRefused>()({
  name: 'redemption.refused',
  publisher: 'wallet',
  version: 1,
  about:
    'The wallet does not take the card’s money, and never will for this redemption; no balance was touched. The charge is to be reversed.',
  key: 'redemption_id',
  keyWhy: 'All events of one redemption stay in order.',
  schema: {
    type: 'object',
    properties: {
      redemption_id: idSchema('rdm'),
      code: { enum: [...failureCodes], description: 'Clients are told this' },
      detail: { type: 'string', maxLength: 500, description: 'For operators' },
    },
    required: ['redemption_id', 'code', 'detail'],
  },
});

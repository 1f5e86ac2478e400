import { defineTopic } from '@falconpay/choreography/topic';
import type { WireMoney } from '@falconpay/money/money';
import { failureCodes, type FailureCode } from '../failure-codes.js';
import { idSchema, wireMoneySchema } from '../wire-money.js';

export interface SpendingRefused {
  readonly account_id: string;
  readonly client: string;
  readonly kind: 'withdrawal' | 'hold';
  readonly amount: WireMoney;
  readonly code: FailureCode;
  readonly detail: string;
}

export const spendingRefused = defineTopic<SpendingRefused>()({
  name: 'spending.refused',
  publisher: 'wallet',
  version: 1,
  forOnlookers: true,
  about: 'The wallet refused a request to spend at once, and has answered it; no balance was touched. For whoever watches for misuse.',
  key: 'account_id',
  keyWhy: 'All refusals on one account stay in order.',
  schema: {
    type: 'object',
    properties: {
      account_id: idSchema('acc'),
      client: { type: 'string', minLength: 1, maxLength: 128, description: 'Who asked' },
      kind: { enum: ['withdrawal', 'hold'], description: 'At a counter, or to be set apart' },
      amount: wireMoneySchema,
      code: { enum: [...failureCodes] },
      detail: { type: 'string', maxLength: 500 },
    },
    required: ['account_id', 'client', 'kind', 'amount', 'code', 'detail'],
  },
});
